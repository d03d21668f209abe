"""Where the demonstration takes place: in each of the five jurisdictions one county."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A county, roughly where it lies, and the jurisdiction whose document holds there."""

    jurisdiction: str
    county: str
    short: str
    longitude: float
    latitude: float
    scope: str = "托育服务"


PLACES = (
    Place("370402", "370402", "市中区", 117.557, 34.864, "婴幼儿照护服务"),
    Place("320100", "320106", "鼓楼区", 118.770, 32.066),
    Place("360000", "360111", "青山湖区", 115.958, 28.688),
    Place("370323", "370323", "沂源县", 118.171, 36.185),
    Place("420000", "420106", "武昌区", 114.316, 30.554),
)
