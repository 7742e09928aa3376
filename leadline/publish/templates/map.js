"use strict";
/* The zoomable map over the drawn one: same outlines, same areas, same places. Nothing is loaded: all of it stands in the page. */
(async () => {
  const block = document.getElementById("map-data");
  const box = document.getElementById("map");
  if (!block || !box || !leadline.canUnpack) return; // the drawn map stays
  const plain = (words) => Object.assign(document.createElement("span"), { textContent: words });
  const found = JSON.parse(await leadline.unpack(block));
  await leadline.whole();
  document.querySelectorAll("[data-drawn]").forEach((figure) => { figure.hidden = true; });
  box.hidden = false;
  const map = L.map(box, { attributionControl: false, minZoom: 2, maxZoom: 10, zoomSnap: 0.5, worldCopyJump: false });
  map.getContainer().setAttribute("aria-label", box.dataset.label);
  L.control.scale({ imperial: false }).addTo(map);
  const extent = (s) => L.latLng(s.lat, s.lon).toBounds(2 * s.m + 2000);
  const together = found.close.length ? found.close.map((k) => found.spots[k]) : found.spots;
  map.fitBounds(together.reduce((b, s) => b.extend(extent(s)), L.latLngBounds([])).pad(0.15), { maxZoom: 9, animate: false });
  found.outlines.forEach((o) => {
    const rings = o.rings.map((r) => {
      const ring = [];
      for (let i = 0; i < r.length; i += 2) ring.push([r[i + 1] / 100, r[i] / 100]);
      return [ring];
    });
    L.polygon(rings, { className: o.id.includes("-") ? "land part" : "land" }).bindTooltip(plain(o.name), { sticky: true }).addTo(map);
  });
  const spots = found.spots.map((s) => {
    const area = L.circle([s.lat, s.lon], { radius: s.m, className: "spot" });
    const dot = L.circleMarker([s.lat, s.lon], { radius: 5, className: "dot" });
    const group = L.featureGroup([area, dot]);
    const rows = Array.from(document.querySelectorAll(`[data-spot="${s.anchor}"] [data-row]`));
    group.bindTooltip(() => plain(text(s))); // as a node: Leaflet would read a string as markup
    group.bindPopup(() => popup(s));
    function text(spot) {
      const n = rows.filter((r) => !r.hidden).length;
      return `${spot.name}: ${(n === 1 ? box.dataset.one : box.dataset.many).replace("{n}", n)}`;
    }
    function popup(spot) {
      const content = document.createElement("div");
      const head = document.createElement("p");
      head.append(Object.assign(document.createElement("strong"), { textContent: spot.name }), ` ${spot.within}`);
      const list = document.createElement("ul");
      rows.filter((r) => !r.hidden).forEach((r) => {
        const item = document.createElement("li");
        item.append(...Array.from(r.childNodes, (c) => c.cloneNode(true)));
        list.append(item);
      });
      content.append(head, list);
      return content;
    }
    group.addTo(map);
    const path = dot.getElement();
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "button");
    path.setAttribute("aria-label", text(s));
    path.addEventListener("keydown", (e) => { if (e.key === "Enter") dot.openPopup(); });
    return { group, rows };
  });
  document.addEventListener("filtered", () => {
    spots.forEach((s) => {
      const any = s.rows.some((r) => !r.hidden);
      if (any && !map.hasLayer(s.group)) s.group.addTo(map);
      if (!any && map.hasLayer(s.group)) s.group.remove();
    });
  });
  document.dispatchEvent(new CustomEvent("filtered"));
})();
