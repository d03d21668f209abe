"""Which version of a pack comes to hold: files as they are loaded, packs as they are adopted, what inherits.

To be called inside an action, which writes the audit event.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.jurisdictions.models import Origin, PackFile, PackVersion
from tuoyu.jurisdictions.packs import Pack


def content_of(pack: Pack) -> dict[str, Any]:
    """A pack as a version keeps it."""
    return pack.model_dump(mode="json", exclude_defaults=True)


def digest_of(content: dict[str, Any], parent: str) -> str:
    """The digest of a pack's content and of the pack it inherits from."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{parent}\n{plain}".encode()).hexdigest()


def held(code: str, on: date | None = None) -> PackVersion | None:
    """The version of a pack in force on a day."""
    rows = PackVersion.objects.filter(code=code, active_from__lte=on or clock.today())
    return rows.order_by("active_from", "activated_at", "pk").last()


@dataclass(frozen=True)
class Loaded:
    """The version that holds after its files were read; `replaced` is an adopted one that they replace."""

    version: PackVersion
    replaced: PackVersion | None = None


def load(pack: Pack, parent: PackVersion | None, by: Actor) -> Loaded:
    """Let the files of a pack hold from today, unless they have not changed and another was adopted since."""
    content = content_of(pack)
    changed = _is_changed(pack.code, content)
    _remember(pack.code, content)
    now = held(pack.code)
    if now and now.origin == Origin.ADOPTED and not changed:
        return Loaded(beneath(now, parent, by))
    made = hold(pack.code, content, parent, clock.today(), Origin.FILES, by)
    adopted = now is not None and now.origin == Origin.ADOPTED and now.pk != made.pk
    return Loaded(made, now if adopted else None)


def _is_changed(code: str, content: dict[str, Any]) -> bool:
    """Whether the files say something else than when they were last loaded."""
    known = PackFile.objects.filter(code=code).first()
    if known is not None:
        return known.digest != digest_of(content, "")
    # Loaded before this was written down: the last version from files says what they said.
    last = PackVersion.objects.filter(code=code, origin=Origin.FILES).order_by("activated_at", "pk").last()
    return last is None or last.content != content


def _remember(code: str, content: dict[str, Any]) -> None:
    digest = digest_of(content, "")
    known = PackFile.objects.filter(code=code).first()
    if known is None or known.digest != digest:
        PackFile.objects.update_or_create(code=code, defaults={"digest": digest, "loaded_at": clock.now()})


def beneath(version: PackVersion, parent: PackVersion | None, by: Actor) -> PackVersion:
    """The same content beneath the parent's version of now; the version itself where that did not change."""
    if parent is None or version.parent_id == parent.pk:
        return version
    begins = max(version.active_from, parent.active_from, clock.today())
    return hold(version.code, version.content, parent, begins, version.origin, by)


def hold(
    code: str,
    content: dict[str, Any],
    parent: PackVersion | None,
    begins: date,
    origin: str,
    by: Actor,
) -> PackVersion:
    """Let a content hold from a day; nothing is written where it does already."""
    now, latest = clock.now(), held(code, begins)
    if latest and latest.content == content and latest.parent_id == (parent.pk if parent else None):
        return latest
    digest = digest_of(content, parent.digest if parent else "")
    known = PackVersion.objects.filter(digest=digest).first()
    if known and known.active_from <= clock.today() < begins:
        # It holds or held already, and is to come back later: that is a version of its own.
        digest = digest_of(content, f"{digest} {begins}")
    elif known:  # an earlier content comes back: the same version is in force again
        known.active_from, known.activated_at = begins, now
        known.save(update_fields=["active_from", "activated_at"])
        return known
    return PackVersion.objects.create(
        code=code,
        digest=digest,
        parent=parent,
        content=content,
        origin=origin,
        loaded_at=now,
        loaded_by=by.label,
        active_from=begins,
        activated_at=now,
    )


def follow(parent: PackVersion, by: Actor, *, but: frozenset[str] = frozenset()) -> list[PackVersion]:
    """Bring what inherits from a pack beneath its version of now, what is yet to hold included.

    `but` are the packs whose files are loaded anyway.
    """
    moved: list[PackVersion] = []
    codes = PackVersion.objects.filter(parent__code=parent.code).exclude(code__in=but)
    for code in sorted(set(codes.values_list("code", flat=True))):
        later = PackVersion.objects.filter(code=code, active_from__gt=clock.today())
        for version in [held(code), *later.order_by("active_from", "activated_at")]:
            if version is None or version.parent is None or version.parent.code != parent.code:
                continue
            found = beneath(version, parent, by)
            if found.pk != version.pk:
                moved += [found, *follow(found, by, but=but)]
    return moved
