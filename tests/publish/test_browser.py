"""The dossier in a real browser with the network denied: nothing is asked for, nothing complains, everything works.

Needs a Chromium on the machine (nothing is downloaded); without one these tests are skipped and say so. Pictures and a print of
what was tested are kept in `build/dossier-pictures`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from publish_hostile import hostile

from leadline.pipeline import open_case, run_case
from leadline.progress import SILENT
from leadline.publish import page_files, publish_dossier
from leadline.settings import Settings, load_settings

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra `dev`)")
expect = playwright.expect
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the browser tests need one"),
    pytest.mark.slow,
]
ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "marrow-line"
PICTURES = ROOT / "build" / "dossier-pictures"
KINDS = (
    "index", "incidents", "map", "timeline", "sources", "documents", "challenges", "methods", "integrity", "glossary", "dictionary",
    "incidents/*", "documents/*", "sources/*",
)  # fmt: skip


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "case"
    run_case([EXAMPLE / "documents"], folder, load_settings(EXAMPLE / "leadline.toml"))
    return folder / "dossier"


@pytest.fixture(scope="module")
def cut(example, tmp_path_factory) -> Path:
    """The example's dossier with lists cut into parts of a few rows."""
    folder = tmp_path_factory.mktemp("cut")
    with pytest.MonkeyPatch.context() as patch, open_case(example.parent) as (case, _, engine):
        patch.setattr(page_files, "LISTED", 9)
        patch.setattr(page_files, "MAPPED", 6)
        publish_dossier(engine, case.settings, folder, SILENT)
    return folder


def publish_hostile(folder: Path) -> Path:
    from leadline.engine.duckdb import DuckDBEngine

    engine, found = DuckDBEngine(folder / "tables", {}), hostile(letters=300_000)
    for stage in ("ingest", "extract", "trace", "link", "estimate"):
        engine.begin(stage)
        for t, rows in found.items():
            if t.stage == stage:
                engine.write(t, rows)
        engine.seal(stage, stage * 4)
        engine.commit(stage, stage * 4)
    (folder / "dossier").mkdir()
    publish_dossier(engine, Settings(shipped_register=False), folder / "dossier", SILENT)
    return folder / "dossier"


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory) -> Path:
    return publish_hostile(tmp_path_factory.mktemp("poisoned"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def open_page(browser) -> Iterator[Any]:
    """Opens a page with the network off; afterwards nothing may have been asked for and nothing complained about."""
    contexts, asked, complaints = [], [], []

    def go(path: Path, **options: Any) -> Any:
        context = browser.new_context(
            offline=True, **{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        context.set_default_timeout(120_000)  # a loaded machine is no defect of a page
        page = context.new_page()
        page.on("request", lambda r: asked.append(r.url))
        page.on("console", lambda m: complaints.append(f"{path.name}: {m.text}"))
        page.on("pageerror", lambda e: complaints.append(f"{path.name}: {e}"))
        page.on("dialog", lambda d: complaints.append(f"{path.name}: a dialog: {d.message}"))
        page.goto(path.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints
    assert all(u.startswith("file://") and u.endswith(".html") for u in asked), asked


def one(dossier: Path, kind: str) -> Path:
    """The page of that kind that holds most."""
    return max(dossier.glob(f"{kind}.html"), key=lambda p: (p.stat().st_size, p.name))


def keep(page: Any, name: str, **options: Any) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True, **options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("look", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_browser_pages_are_accessible(example, open_page, kind, look, width):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(one(example, kind), color_scheme=look, viewport={"width": width, "height": 900})
    keep(page, f"{kind.replace('/*', '-one')}-{look}-{width}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out of the page


def test_browser_every_page_of_the_example_opens_and_its_links_resolve(example, open_page):
    context_page = open_page(example / "index.html")
    seen, waiting = set(), [(example / "index.html").as_uri()]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        context_page.goto(url)
        links = context_page.evaluate("Array.from(document.querySelectorAll('a[href]'), a => a.href.baseVal ?? a.href)")
        for link in (context_page.evaluate("([l]) => new URL(l, location.href).href", [x]) for x in links):
            target, _, anchor = link.partition("#")
            assert Path(target.removeprefix("file://")).is_file(), link
            if target == url and anchor and not anchor.startswith("?"):
                assert context_page.evaluate("id => document.getElementById(id) !== null", anchor), link
            waiting.append(target)
    assert len(seen) == len(list(example.rglob("*.html")))


def test_browser_list_filters_sorts_and_remembers(example, open_page):
    page = open_page(example / "incidents.html")
    rows = page.locator("tbody tr[data-row]")
    everything = rows.count()
    assert page.locator("[data-count]").inner_text() == f"{everything} of {everything} groups of claims shown"
    page.select_option("[data-key=event]", "refusal")
    shown = page.locator("tbody tr[data-row]:visible")
    assert 0 < shown.count() < everything
    assert all("Refusal" in t for t in shown.all_inner_texts())
    page.wait_for_url("**/incidents.html#?event=refusal")
    page.select_option("[data-key=lines]", "1")
    page.fill("[data-key=place]", "kesten")
    assert shown.count() == 1
    page.reload()
    assert page.locator("tbody tr[data-row]:visible").count() == 1
    page.click("[data-clear]")
    assert shown.count() == everything
    page.fill("[data-key=from]", "2019-11-01")
    assert all(d >= "2019-11-01" for d in shown.evaluate_all("rows => rows.map(r => r.dataset.end || '9999')"))
    page.click("[data-clear]")
    head = page.locator("table").first.locator("thead th", has_text="documents").locator("button")
    head.focus()
    page.keyboard.press("Enter")
    expect(page.locator("table").first.locator("th[aria-sort=descending]")).to_have_count(1)
    counts = page.locator("table").first.locator("tbody tr td:nth-child(6)").all_inner_texts()
    assert [int(c) for c in counts] == sorted((int(c) for c in counts), reverse=True)


@pytest.mark.parametrize("name", ["incidents", "documents", "sources", "timeline"])
def test_browser_filters_reach_every_part_of_a_list(example, cut, open_page, name):
    whole, parts = open_page(example / f"{name}.html"), open_page(cut / f"{name}.html")
    n = whole.locator("[data-row]").count()
    assert parts.locator("[data-row]").count() < n
    told = parts.locator("[data-count]")
    assert told.inner_text().startswith(f"{n} of {n} ")
    parts.fill("[data-key=words]", "e")  # any filter: the other parts are unpacked
    whole.fill("[data-key=words]", "e")
    expect(parts.locator("[data-row]")).to_have_count(n)
    assert (
        parts.locator("[data-row]:visible").all_inner_texts() == whole.locator("[data-row]:visible").all_inner_texts()
    )
    assert told.inner_text() == whole.locator("[data-count]").inner_text()


def test_browser_sorting_reaches_every_part_and_a_link_with_a_filter_too(example, cut, open_page):
    whole, parts = open_page(example / "documents.html"), open_page(cut / "documents.html")
    for page in (whole, parts):
        page.locator("thead th button", has_text="claims").click()
        expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    assert parts.locator("tbody tr").all_inner_texts() == whole.locator("tbody tr").all_inner_texts()
    linked = open_page(cut / "incidents.html")
    linked.evaluate("() => { location.hash = '#?group=past' }")
    expect(linked.locator("[data-row]:visible")).to_have_count(1)


def test_browser_the_map_of_a_cut_list_shows_every_place_and_its_incidents(example, cut, open_page):
    whole, parts = open_page(example / "map.html"), open_page(cut / "map.html")
    expect(parts.locator("#map path.dot")).to_have_count(whole.locator("#map path.dot").count())
    expect(parts.locator("[data-row]")).to_have_count(whole.locator("[data-row]").count())
    parts.locator("#map path.dot").first.press("Enter")
    assert parts.locator(".leaflet-popup-content li").count() > 0


def test_browser_hostile_rows_of_other_parts_stay_text_when_they_are_unpacked(tmp_path, monkeypatch, open_page):
    monkeypatch.setattr(page_files, "LISTED", 1)
    monkeypatch.setattr(page_files, "MAPPED", 1)
    dossier = publish_hostile(tmp_path)
    for name in ("documents", "sources", "incidents"):
        page = open_page(dossier / f"{name}.html")
        n = int(page.locator("[data-count]").inner_text().split()[0])
        page.fill("[data-key=words]", "e")
        expect(page.locator("[data-row]")).to_have_count(n)
        assert page.evaluate("document.querySelectorAll('main img, main iframe, main script:not([type])').length") == 0
        assert page.evaluate("typeof window.hit") == "undefined"


def test_browser_without_scripts_parts_lead_to_all_rows_and_map_links_to_their_part(cut, open_page):
    page = open_page(cut / "map.html", java_script_enabled=False)
    assert page.locator("[data-drawn] svg").first.is_visible()
    links = page.eval_on_selector_all("[data-drawn] a", "all => all.map(a => a.getAttribute('href'))")
    for file, _, anchor in (link.partition("#") for link in links):
        assert f'id="{anchor}"' in (cut / (file or "map.html")).read_text(encoding="utf-8")
    names = sorted(cut.glob("incidents*.html"))
    rows = sum(p.read_text(encoding="utf-8").count("<tr data-row") for p in names)
    assert rows == int(re.search(r"Listed are (\d+)", (cut / "incidents.html").read_text(encoding="utf-8"))[1])


def test_browser_figures_lead_to_lists_of_that_length(example, open_page):
    page = open_page(example / "challenges.html")
    figures = page.evaluate(
        "Array.from(document.querySelectorAll('.figures li'), li => [li.querySelector('strong').textContent, li.querySelector('a')?.getAttribute('href')])"
    )
    followed = [
        (int(n.replace(",", "")), href) for n, href in figures if href and href.startswith("incidents.html#?group")
    ]
    assert len(followed) > 6
    lists = open_page(example / "incidents.html")
    for n, href in followed:
        if "denied=yes" in href and n != figures_denied(figures):
            continue  # `only denied` leads to all that are denied
        lists.evaluate("hash => { location.hash = hash }", href.partition("#")[2])
        expect(lists.locator("[data-row]:visible"), href).to_have_count(n)


def figures_denied(figures: list[list[str]]) -> int:
    return max(int(n) for n, href in figures if href and "denied=yes" in href)


def test_browser_map_zooms_filters_and_opens_by_keyboard(example, open_page):
    page = open_page(example / "map.html")
    assert page.locator("#map .leaflet-overlay-pane svg").is_visible()
    assert not page.locator("[data-drawn]").is_visible()
    dots = page.locator("#map path.dot")
    assert dots.count() == page.locator("section[data-spot]").count() > 3
    scale = page.locator(".leaflet-control-scale-line").inner_text()
    page.click(".leaflet-control-zoom-in")
    page.wait_for_function("s => document.querySelector('.leaflet-control-scale-line').innerText !== s", arg=scale)
    page.select_option("[data-key=event]", "refusal")
    left = page.locator("section[data-spot]:visible").count()
    assert 0 < left < page.locator("section[data-spot]").count()
    expect(dots).to_have_count(left)
    dots.first.focus()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content")
    assert "Refusal" in popup.inner_text()
    assert popup.locator("a").first.get_attribute("href").startswith("incidents/")
    keep(page, "map-filtered")


def test_browser_graph_shows_the_neighbours_of_one_source(example, open_page):
    page = open_page(example / "sources.html")
    page.select_option("[data-graph-choice]", label="Northern Desk")
    on = page.locator("[data-node].on")
    assert 1 < on.count() < page.locator("[data-node]").count()
    page.select_option("[data-graph-choice]", "")
    assert page.locator("svg.chosen").count() == 0


def test_browser_without_script_everything_is_there(example, open_page):
    page = open_page(example / "incidents.html", java_script_enabled=False)
    assert page.locator(".filter").is_hidden()
    assert page.locator("tbody tr[data-row]:visible").count() > 30
    assert page.locator("th button").count() == 0
    page = open_page(example / "map.html", java_script_enabled=False)
    assert page.locator("[data-drawn] svg").first.is_visible()
    assert page.locator("#map").is_hidden()
    page.locator("[data-drawn] a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#place-*")  # a key is handled after `press` has returned


def test_browser_skip_link_is_the_first_stop(example, open_page):
    page = open_page(example / "index.html")
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.className === 'skip'")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")


@pytest.mark.parametrize("kind", KINDS)
def test_browser_prints_on_a4(example, open_page, kind):
    page = open_page(one(example, kind))
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.emulate_media(media="print")
    assert page.locator("nav").first.is_hidden()
    assert page.locator(".internal").is_visible()
    assert one(example, kind).relative_to(example).as_posix() in page.locator("footer .printed").inner_text()
    heads = page.locator("th button").evaluate_all("all => all.map(b => getComputedStyle(b).display)")
    assert set(heads) <= {"contents"}  # Chromium repeats no button at the head of the next sheet, only text
    assert set(page.locator("thead").evaluate_all("all => all.map(t => getComputedStyle(t).display)")) <= {
        "table-header-group"
    }
    if kind == "map":
        assert page.locator("#map").is_hidden()
        assert page.locator("[data-drawn] svg").first.is_visible()
    page.set_viewport_size({"width": 673, "height": 950})  # the width between the margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    printed = page.pdf(path=PICTURES / f"{kind.replace('/*', '-one')}.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    sheets = re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", printed)
    assert sheets
    assert set(sheets) <= {(b"594", b"841"), (b"595", b"842")}


def test_browser_hostile_texts_do_nothing(poisoned, open_page):
    for path in sorted(poisoned.rglob("*.html")):
        page = open_page(path)
        assert page.evaluate("window.hit") is None, path.name
        assert page.locator("main").is_visible(), path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path.name
        assert page.locator("main img, main iframe, main style, main object").count() == 0
    keep(page, "hostile")


def test_browser_hostile_addresses_do_nothing(example, open_page):
    """What somebody writes behind the address of a list is a filter that fits nothing, or everything."""
    page = open_page(example / "incidents.html")
    everything = page.locator("tbody tr[data-row]").count()
    for attack in (
        '?event="><img src=x onerror=window.hit=1>',
        "?words=<script>window.hit=1</script>",
        "?__proto__=x",
        "%00",
    ):
        page.evaluate("hash => { location.hash = hash }", attack)
        expect(page.locator("tbody tr[data-row]:visible")).to_have_count(0 if "words=" in attack else everything)
    assert page.evaluate("window.hit") is None
    assert page.locator("main img, main script:not([type])").count() == 0


def test_browser_document_says_what_kind_each_mark_is(example, open_page):
    """Furniture and tails of other articles differ in more than colour, and the legend shows both."""
    path = next(p for p in sorted((example / "documents").glob("*.html")) if p.read_text().count('class="foreign"') > 1)
    page = open_page(path)
    looks = [
        page.locator(f".text .{kind}").first.evaluate(
            "e => { const s = getComputedStyle(e); return [s.textDecorationLine, s.borderTopStyle, s.fontStyle] }"
        )
        for kind in ("boilerplate", "foreign", "claim")
    ]
    assert len({tuple(x) for x in looks}) == 3
    for kind in ("boilerplate", "foreign", "claim", "hidden"):
        assert page.locator(f".legend .{kind}").inner_text()
    assert "another article" in page.locator(".text .foreign").first.get_attribute("title")


def test_browser_lists_and_overview_count_the_same(example, open_page):
    index = open_page(example / "index.html")
    said = index.locator(".card", has_text="What happened?").inner_text()
    incidents, practices, past = (
        int(re.search(rf"(\d+)\s{noun}", said)[1]) for noun in ("incident", "practice", "group")
    )
    page = open_page(example / "incidents.html")
    for group, n in (("present", incidents), ("practice", practices), ("past", past)):
        assert page.locator(f"[data-row][data-group={group}]").count() == n
    counted = page.locator("main > p").nth(1).inner_text()
    assert [int(x) for x in re.findall(r"\d+", counted)] == [incidents + practices + past, incidents, practices, past]


def test_browser_policy_stops_what_is_not_its_own(example, browser, tmp_path):
    """Were escaping to fail, the policy would still hold: a script put into a page does not run, a picture is not asked for."""
    spoilt = tmp_path / "spoilt.html"
    text = (example / "index.html").read_text(encoding="utf-8")
    attack = (
        '<script>window.hit=1</script><img src="file:///etc/hostname" onerror="window.hit=2"><p style="color:red">x</p>'
    )
    spoilt.write_text(text.replace("</main>", attack + "</main>"), encoding="utf-8")
    context = browser.new_context(offline=True)
    page, stopped = context.new_page(), []
    page.on("console", lambda m: stopped.append(m.text))
    page.goto(spoilt.as_uri())
    for _ in range(200):  # complaints arrive when they like
        if sum("Content Security Policy" in m for m in stopped) >= 3:
            break
        page.wait_for_timeout(50)
    assert sum("Content Security Policy" in m for m in stopped) >= 3
    assert page.evaluate("window.hit") is None
    context.close()
