// The map of the directory. <div class="map" data-map data-points="url"> draws one point per institution;
// data-tiles holds the address of a tile service where the installation has one, else the ground stays plain.
import L from "leaflet";

function popup(point) {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = point.href;
  link.textContent = point.name;
  box.append(link);
  for (const line of point.lines || []) {
    const text = document.createElement("div");
    text.textContent = line;
    box.append(text);
  }
  return box;
}

async function draw(element) {
  const answer = await fetch(element.dataset.points, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const points = (await answer.json()).points;
  const map = L.map(element, { zoomControl: false, preferCanvas: true, scrollWheelZoom: false });
  L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 18 }).addTo(map);
  const look = { radius: 8, weight: 2, color: "#fff", fillColor: "#0c6b75", fillOpacity: 0.9 };
  const dots = points.map((point) =>
    L.circleMarker([point.lat, point.lng], look).bindTooltip(point.name).bindPopup(popup(point)),
  );
  const all = L.featureGroup(dots).addTo(map);
  if (dots.length) map.fitBounds(all.getBounds().pad(0.15), { maxZoom: 14 });
  else map.setView([35.5, 104], 4);
}

for (const element of document.querySelectorAll("[data-map]")) draw(element);
