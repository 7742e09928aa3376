"use strict";
/* Sorting and filtering of what already stands on the page. Without it every page is complete; it loads and stores nothing. */
(() => {
  const all = (query, within = document) => Array.from(within.querySelectorAll(query));
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function sortable(table) {
    const body = table.tBodies[0];
    const heads = all("thead th[data-sort]", table);
    heads.forEach((head) => {
      const column = head.cellIndex;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : head.dataset.sort === "text";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const key = (row) => row.cells[column].dataset.k ?? row.cells[column].textContent.trim();
        const rows = Array.from(body.rows, (row) => [key(row), row]);
        const blank = (k) => k === "";
        rows.sort((a, b) => blank(a[0]) - blank(b[0]) || (up ? 1 : -1) * collator.compare(a[0], b[0]));
        body.append(...rows.map((pair) => pair[1]));
      });
    });
  }

  const tests = {
    words: (row, value) => row.textContent.toLowerCase().includes(value.toLowerCase()),
    place: (row, value) => (row.dataset.place ?? "").toLowerCase().includes(value.toLowerCase()),
    from: (row, value) => (row.dataset.start || row.dataset.end) && (row.dataset.end || "9999") >= value,
    to: (row, value) => (row.dataset.start || row.dataset.end) && (row.dataset.start || "0000") <= value,
    lines: (row, value) => value.endsWith("+") ? Number(row.dataset.lines) >= parseInt(value, 10) : row.dataset.lines === value,
  };
  const listed = (row, key, value) => (row.dataset[key] ?? "").split(" ").includes(value);

  function filtering(panel) {
    const fields = all("[data-key]", panel);
    const rows = all("[data-row]");
    const sections = all("[data-rows]");
    const count = panel.querySelector("[data-count]");
    panel.hidden = false;

    function apply(remember) {
      const wanted = fields.filter((f) => f.value !== "").map((f) => [f.dataset.key, f.value]);
      let shown = 0;
      rows.forEach((row) => {
        const fits = wanted.every(([key, value]) => (tests[key] ? tests[key](row, value) : listed(row, key, value)));
        row.hidden = !fits;
        shown += fits;
      });
      sections.forEach((s) => { s.hidden = wanted.length > 0 && !s.querySelector("[data-row]:not([hidden])"); });
      count.textContent = count.dataset.count.replace("{shown}", shown).replace("{all}", rows.length);
      if (remember) {
        const state = new URLSearchParams(wanted).toString();
        history.replaceState(null, "", state ? `#?${state}` : "#");
      }
      document.dispatchEvent(new CustomEvent("filtered"));
    }

    function recall() {
      if (!location.hash.startsWith("#?")) return;
      const state = new URLSearchParams(location.hash.slice(2));
      fields.forEach((f) => { f.value = state.get(f.dataset.key) ?? ""; });
    }

    fields.forEach((f) => f.addEventListener("input", () => apply(true)));
    panel.querySelector("[data-clear]").addEventListener("click", () => {
      fields.forEach((f) => { f.value = ""; });
      apply(true);
    });
    window.addEventListener("hashchange", () => { recall(); apply(false); });
    recall();
    apply(false);
  }

  /* The source graph: choosing a source leaves it and its neighbours. */
  function graph(picture) {
    const select = document.querySelector("[data-graph-choice]");
    const nodes = all("[data-node]", picture);
    const edges = all("[data-left]", picture);
    select.closest("[hidden]")?.removeAttribute("hidden");
    select.addEventListener("input", () => {
      const chosen = select.value;
      const near = new Set([chosen]);
      edges.forEach((e) => {
        const on = e.dataset.left === chosen || e.dataset.right === chosen;
        e.classList.toggle("on", on);
        if (on) near.add(e.dataset.left).add(e.dataset.right);
      });
      nodes.forEach((n) => n.classList.toggle("on", near.has(n.dataset.node)));
      picture.classList.toggle("chosen", chosen !== "");
    });
  }

  all("table[data-sortable]").forEach(sortable);
  all("[data-filter]").forEach(filtering);
  all("svg[data-graph]").forEach(graph);
})();
