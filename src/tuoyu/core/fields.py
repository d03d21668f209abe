"""Fields whose content the database never sees in clear."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from tuoyu.core import ciphers
from tuoyu.core.lookups import keyed_hash


class Secret(str):
    """A text that does not show itself in a traceback, a log of arguments or a shell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"


class _SecretAttribute(DeferredAttribute):
    def __set__(self, instance: models.Model, value: Any) -> None:
        plain = type(value) is str
        instance.__dict__[self.field.attname] = Secret(value) if plain else value


if TYPE_CHECKING:
    _Text = models.TextField[Any, Any]
else:
    _Text = models.TextField


class EncryptedTextField(_Text):
    """A text encrypted in the database. It cannot be searched or sorted: a LookupField beside it can.

    `context` binds the stored value to its column; left out it is `table.column`. Copies of the model
    (its history) keep the context of the original, so that they read the same values.
    """

    descriptor_class = _SecretAttribute

    def __init__(self, *args: Any, context: str = "", **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not self.context and not cls._meta.abstract:
            self.context = f"{cls._meta.db_table}.{self.column}"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.context:
            kwargs["context"] = self.context
        return name, path, args, kwargs

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is a value can be asked: the same text never looks the same twice."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str) and value:
            return ciphers.encrypt(str(value), self.context)
        return super().get_db_prep_save(value, connection)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Secret | None:
        return Secret(ciphers.decrypt(value, self.context)) if value else _empty(value)


def _empty(value: str | None) -> Secret | None:
    return None if value is None else Secret("")


class LookupField(models.CharField):  # type: ignore[type-arg]
    """The keyed hash of the encrypted field named by `of`, written whenever that one is saved.

    NULL where there is nothing to find. `QuerySet.update` does not write it: set both there.
    """

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        kwargs |= {"max_length": 64, "null": True, "editable": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "null", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.of)
        found = keyed_hash(value) if value else None
        setattr(model_instance, self.attname, found)
        return found
