"""Encrypted fields, their keys, and changing the keys while somebody works."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tuoyu.core import ciphers, keyring, lookups, rotation
from tuoyu.core.ciphers import CannotDecrypt, decrypt, encrypt
from tuoyu.core.fields import EncryptedTextField, LookupField, Secret
from tuoyu.core.problems import Refused

NUMBER = "11010519491231002X"


@pytest.fixture
def person(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[models.Model]]:
    with isolate_apps("tuoyu.core"):

        class Person(models.Model):
            identity = EncryptedTextField(null=True)
            note = EncryptedTextField(blank=True, default="")
            identity_key = LookupField(of="identity", unique=True)

            class Meta:
                app_label = "core"

    fields = Person._meta.local_fields
    found = sorted((c for c in (rotation._column(Person, f) for f in fields) if c), key=lambda c: c.use)
    monkeypatch.setattr(rotation, "columns", lambda: found)
    with connection.schema_editor() as editor:
        editor.create_model(Person)
    yield Person
    with connection.schema_editor() as editor:
        editor.delete_model(Person)


def stored(name: str = "identity") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM core_person ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


# ---------------------------------------------------------------- ciphers


@pytest.mark.parametrize("suite", ["aes", "sm4"])
def test_what_is_encrypted_comes_back_and_never_looks_the_same_twice(settings: Settings, suite: str) -> None:
    settings.CIPHER_SUITE = suite
    one, two = encrypt("张三", "t.c"), encrypt("张三", "t.c")
    assert one.startswith(f"v1:{suite}:")
    assert one != two
    assert decrypt(one, "t.c") == decrypt(two, "t.c") == "张三"


@pytest.mark.parametrize("suite", ["aes", "sm4"])
def test_a_value_moved_to_another_column_does_not_open(settings: Settings, suite: str) -> None:
    settings.CIPHER_SUITE = suite
    with pytest.raises(CannotDecrypt, match=r"t\.other"):
        decrypt(encrypt(NUMBER, "t.c"), "t.other")


@pytest.mark.parametrize("suite", ["aes", "sm4"])
@pytest.mark.parametrize("place", [7, 20, -1])
def test_a_value_with_one_character_changed_does_not_open(settings: Settings, suite: str, place: int) -> None:
    settings.CIPHER_SUITE = suite
    value = encrypt("0123456789abcdef0123", "t.c")  # a length whose base64 uses every bit
    changed = list(value)
    changed[place] = "A" if changed[place] != "A" else "B"
    with pytest.raises(CannotDecrypt):
        decrypt("".join(changed), "t.c")


@pytest.mark.parametrize(
    "value", ["张三", "v1:aes:", "v0:aes:AAAA", "v1:rot13:AAAA", "v1:aes:AAAA", "v1:sm4:AA=="]
)
def test_what_is_not_encrypted_is_never_taken_for_a_value(value: str) -> None:
    keyring.newest("field")
    with pytest.raises(CannotDecrypt):
        decrypt(value, "t.c")


def test_a_missing_key_is_said_by_name() -> None:
    value = encrypt(NUMBER, "t.c")
    (keyring.folder() / "field-1").unlink()
    keyring._read.cache_clear()
    with pytest.raises(keyring.MissingKey, match="field-1"):
        decrypt(value, "t.c")


def test_a_wrong_key_is_said_and_opens_nothing() -> None:
    value = encrypt(NUMBER, "t.c")
    (keyring.folder() / "field-1").write_text("00" * 32)
    keyring._read.cache_clear()
    with pytest.raises(CannotDecrypt, match="is not the one") as error:
        decrypt(value, "t.c")
    assert NUMBER not in str(error.value)


@pytest.mark.parametrize("content", ["", "xyz", "00" * 16])
def test_a_damaged_key_is_said(content: str) -> None:
    keyring.make("field", 1)
    (keyring.folder() / "field-1").write_text(content)
    with pytest.raises(keyring.MissingKey, match="damaged"):
        encrypt(NUMBER, "t.c")


def test_keys_are_for_their_owner_only_and_never_made_twice() -> None:
    keyring.make("field", 1)
    first = keyring.key("field", 1)
    keyring.make("field", 1)
    keyring._read.cache_clear()
    assert keyring.key("field", 1) == first
    assert (keyring.folder() / "field-1").stat().st_mode & 0o077 == 0
    assert keyring.folder().stat().st_mode & 0o077 == 0
    assert sorted(p.name for p in keyring.folder().iterdir()) == ["field-1"]


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert decrypt(encrypt(text, "t.c"), "t.c") == text


# ---------------------------------------------------------------- fields


def test_the_database_never_sees_the_value(person: type[models.Model]) -> None:
    person.objects.create(identity=NUMBER)
    (value,) = stored()
    assert value.startswith("v1:aes:")
    assert NUMBER not in value
    assert person.objects.get().identity == NUMBER


def test_nothing_stays_nothing(person: type[models.Model]) -> None:
    person.objects.create(identity=None)
    found = person.objects.get()
    assert (found.identity, found.note, found.identity_key) == (None, "", None)
    assert (stored(), stored("note")) == ([None], [""])


def test_a_value_does_not_show_itself(person: type[models.Model]) -> None:
    row = person(identity=NUMBER)
    assert isinstance(row.identity, Secret)
    assert NUMBER not in repr(row.identity)
    assert NUMBER not in repr(row.__dict__)
    row.save()
    assert NUMBER not in repr(list(person.objects.values()))


def test_update_and_bulk_writing_encrypt_too(person: type[models.Model]) -> None:
    person.objects.bulk_create([person(identity=NUMBER), person(identity="B")])
    person.objects.filter(identity_key=lookups.keyed_hash("B")).update(identity="C")
    assert [row.identity for row in person.objects.order_by("pk")] == [NUMBER, "C"]
    assert all(value.startswith("v1:") for value in stored())


def test_an_encrypted_field_cannot_be_searched_by_mistake(person: type[models.Model]) -> None:
    for lookup in ("identity", "identity__contains", "identity__in", "identity__gt"):
        with pytest.raises(FieldError):
            list(person.objects.filter(**{lookup: [NUMBER] if lookup.endswith("in") else NUMBER}))
    assert list(person.objects.filter(identity__isnull=False)) == []


def test_a_lookup_finds_however_it_is_typed(person: type[models.Model]) -> None:
    row = person.objects.create(identity=NUMBER)
    for typed in (NUMBER, "11010519491231002x", "１１０１０５ 19491231 002x"):
        assert person.objects.get(identity_key__in=lookups.keyed_hashes(typed)) == row
    assert not person.objects.filter(identity_key__in=lookups.keyed_hashes("440524188001010014")).exists()


def test_a_lookup_says_nothing_without_its_key(settings: Settings) -> None:
    one = lookups.keyed_hash(NUMBER)
    (keyring.folder() / "lookup-1").unlink()
    keyring._read.cache_clear()
    assert lookups.keyed_hash(NUMBER) != one
    settings.HASH_SUITE = "sm3"
    assert lookups.keyed_hash(NUMBER).startswith("v1:sm3:")
    assert len(lookups.keyed_hash(NUMBER)) <= 64


def test_a_copy_of_a_field_reads_what_the_original_wrote(person: type[models.Model]) -> None:
    field = person._meta.get_field("identity")
    _, _, args, kwargs = field.deconstruct()
    assert kwargs["context"] == "core_person.identity"
    assert EncryptedTextField(*args, **kwargs).context == "core_person.identity"


# ---------------------------------------------------------------- rotation


@pytest.fixture
def many(person: type[models.Model], monkeypatch: pytest.MonkeyPatch) -> type[models.Model]:
    monkeypatch.setattr(rotation, "BATCH", 3)
    person.objects.bulk_create(person(identity=f"P{n}", note="备注" if n % 2 else "") for n in range(10))
    return person


def versions_of(name: str) -> set[str]:
    return {value.split(":")[0] for value in stored(name) if value}


def test_a_rotation_rewrites_everything_and_changes_nothing_to_read(many: type[models.Model]) -> None:
    assert rotation.begin()
    assert rotation.run() == 10 + 5 + 10
    assert versions_of("identity") == versions_of("note") == versions_of("identity_key") == {"v2"}
    assert [row.identity for row in many.objects.order_by("pk")] == [f"P{n}" for n in range(10)]
    assert many.objects.get(identity_key__in=lookups.keyed_hashes("P4")).identity == "P4"
    assert rotation.run() == 0


def test_an_interrupted_rotation_goes_on_where_it_stopped(many: type[models.Model]) -> None:
    rotation.begin()
    batches = 0

    def pull_the_plug(column: str, done: int) -> None:
        nonlocal batches
        batches += 1
        if batches == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.run(pull_the_plug)
    assert versions_of("identity") == {"v1", "v2"}
    # In the middle everything can be read and found.
    assert {row.identity for row in many.objects.all()} == {f"P{n}" for n in range(10)}
    assert many.objects.filter(identity_key__in=lookups.keyed_hashes("P9")).count() == 1
    many.objects.create(identity="new")

    assert not rotation.begin()  # goes on, makes no third key
    rotation.run()
    assert versions_of("identity") == versions_of("identity_key") == {"v2"}
    assert keyring.versions("field") == [1, 2]


def test_a_batch_that_breaks_leaves_no_half(
    many: type[models.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation.begin()
    real, calls = ciphers.encrypt, []

    def breaks(plain: str, context: str) -> str:
        calls.append(plain)
        if len(calls) == 5:
            raise OSError("disk full")
        return real(plain, context)

    monkeypatch.setattr(ciphers, "encrypt", breaks)
    with pytest.raises(OSError, match="disk full"):
        rotation.run()
    assert [v.split(":")[0] for v in stored()].count("v2") == 3


def test_a_change_of_suite_is_a_rotation(many: type[models.Model], settings: Settings) -> None:
    settings.CIPHER_SUITE = "sm4"
    assert not rotation.begin()
    rotation.run()
    assert {v.split(":")[1] for v in stored()} == {"sm4"}
    assert many.objects.order_by("pk").first().identity == "P0"


def test_an_old_key_is_kept_as_long_as_a_value_rests_on_it(many: type[models.Model]) -> None:
    rotation.begin()
    with pytest.raises(Refused, match="15 values still rest"):
        rotation.retire("field", 1)
    with pytest.raises(Refused, match="newest"):
        rotation.retire("field", 2)
    rotation.run()
    rotation.retire("field", 1)
    rotation.retire("lookup", 1)
    assert keyring.versions("field") == [2]
    assert (keyring.folder() / "retired-field-1").exists()
    assert many.objects.count() == len([row.identity for row in many.objects.all()])
