// The map of the directory. <div class="map" data-map data-points="url"> draws the GeoJSON points found there:
// one per institution (name, href, lines) or, where there are many, one per group (count). data-tiles holds the
// address of a tile service where the installation has one, else the ground stays plain.
import L from "leaflet";

const POINT = { radius: 8, weight: 2, color: "#fff", fillColor: "#0c6b75", fillOpacity: 0.9 };

function popup({ name, href, lines = [] }) {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = href;
  link.textContent = name;
  box.append(link);
  for (const line of lines.filter(Boolean)) {
    const text = document.createElement("div");
    text.textContent = line;
    box.append(text);
  }
  return box;
}

function marker(map, { geometry, properties }) {
  const place = [geometry.coordinates[1], geometry.coordinates[0]];
  if (!properties.count) {
    return L.circleMarker(place, POINT).bindTooltip(properties.name).bindPopup(popup(properties));
  }
  const label = document.createElement("span");
  label.textContent = properties.count;
  const icon = L.divIcon({ className: "map-group", html: label, iconSize: [40, 40] });
  return L.marker(place, { icon, keyboard: false }).on("click", () => map.setView(place, map.getZoom() + 2));
}

async function points(address, bounds) {
  const url = new URL(address, location.href);
  if (bounds) url.searchParams.set("bbox", inside(bounds).join(","));
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).features : [];
}

function inside(bounds) {
  const within = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(5);
  const [west, south] = [within(bounds.getWest(), 180), within(bounds.getSouth(), 90)];
  return [west, south, within(bounds.getEast(), 180), within(bounds.getNorth(), 90)];
}

async function draw(element) {
  const { points: address, tiles } = element.dataset;
  const map = L.map(element, { zoomControl: false, preferCanvas: true, scrollWheelZoom: false });
  L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (tiles) L.tileLayer(tiles, { maxZoom: 18 }).addTo(map);
  map.setView([35.5, 104], 4);

  let shown = L.featureGroup().addTo(map);
  const show = (features) => {
    shown.remove();
    shown = L.featureGroup(features.map((feature) => marker(map, feature))).addTo(map);
    return features.some((feature) => feature.properties.count);
  };
  const grouped = show(await points(address));
  if (shown.getLayers().length) map.fitBounds(shown.getBounds().pad(0.15), { maxZoom: 14, animate: false });
  // Only where not everything is drawn yet does looking closer ask for more.
  if (grouped) map.on("moveend", async () => show(await points(address, map.getBounds())));
}

for (const element of document.querySelectorAll("[data-map]")) draw(element);
