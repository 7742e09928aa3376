"use strict";
/* Sorting and filtering of what stands on the page. Without it every page is complete; it loads and stores nothing. */
const leadline = (() => {
  const all = (query, within = document) => Array.from(within.querySelectorAll(query));
  const canUnpack = "DecompressionStream" in globalThis;

  /* Text that stands in the page as gzip in base64. */
  async function unpack(block) {
    const bytes = Uint8Array.from(atob(block.textContent), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }

  /* The rows of the list's other parts, put where they belong: into the table or the list of their section, else in place. */
  let complete = null;
  function whole() {
    complete ??= (async () => {
      if (!canUnpack) return;
      for (const block of all("[data-rest]")) {
        const html = await unpack(block);
        const into = block.closest("[data-rows], main").querySelector("tbody, [data-into]");
        if (html.startsWith("<section")) block.insertAdjacentHTML("beforebegin", html);
        else into.insertAdjacentHTML("beforeend", html);
        into?.closest("[hidden].scroll")?.removeAttribute("hidden");
        block.remove();
      }
      all("[data-later]").forEach((note) => note.remove());
    })();
    return complete;
  }
  if (canUnpack) all("[data-whole]").forEach((note) => { note.hidden = false; });
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
      button.addEventListener("click", async () => {
        await whole();
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
    const count = panel.querySelector("[data-count]");
    panel.hidden = false;

    async function apply(remember) {
      const wanted = fields.filter((f) => f.value !== "").map((f) => [f.dataset.key, f.value]);
      if (wanted.length > 0) await whole();
      const rows = all("[data-row]");
      const sections = all("[data-rows]");
      let shown = 0;
      let unseen = 0;
      all("[data-rest]").forEach((block) => { unseen += Number(block.dataset.rest); });
      rows.forEach((row) => {
        const fits = wanted.every(([key, value]) => (tests[key] ? tests[key](row, value) : listed(row, key, value)));
        row.hidden = !fits;
        shown += fits;
      });
      sections.forEach((s) => { s.hidden = wanted.length > 0 && !s.querySelector("[data-row]:not([hidden])"); });
      count.textContent = count.dataset.count.replace("{shown}", shown + unseen).replace("{all}", rows.length + unseen);
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
    if (!select) return;
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
  return { canUnpack, unpack, whole };
})();
