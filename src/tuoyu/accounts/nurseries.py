"""Where a nursery lies: asked of the app above that keeps nurseries, so that seats there have a place."""

from collections.abc import Callable

# Given an institution's id; the code of the division it lies in, empty where there is no such institution.
Places = Callable[[int], str]

_places: list[Places] = []


def places_are_known_to(places: Places) -> None:
    """Install the function that knows (called once, in an AppConfig's ready())."""
    _places[:] = [places]


def place_of(institution_id: int) -> str:
    """The division an institution lies in; empty where there is no such institution."""
    return _places[0](institution_id) if _places else ""
