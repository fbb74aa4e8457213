"""Builds the documentation as a site: the guide in reading order, the API by concept, every setting, the examples, the decisions.

usage: make_site.py DOXYGEN DOXYFILE OUTPUT [FIELDS]

What the tree says in Markdown and in headers is written down once more below OUTPUT/pages in the form that Doxygen wants: with names for
pages and headings, so that links and the order of reading hold. FIELDS is what `seawall-check --list` says. Warnings go to
OUTPUT/warnings.txt, and what all of it was made from to OUTPUT/site.d.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

SOURCE = Path(__file__).resolve().parents[2]
GUIDE = SOURCE / 'docs' / 'guide'
DECISIONS = SOURCE / 'docs' / 'design' / 'decisions'

# The order of reading. A page that stands nowhere comes at the end.
PARTS = {
    'Beginning': ['getting-started', 'pipelines', 'faults'],
    'Policies': ['circuit-breaker', 'retry', 'retry-budget', 'timeout', 'bulkhead', 'thread-pools', 'rate-limiter', 'fallback', 'hedge', 'chaos'],
    'Time': ['deadlines-and-cancellation', 'timers'],
    'Hosts': ['own-loop', 'own-policy', 'bindings', 'python'],
    'Operation': ['registry', 'configuration', 'reloading', 'metrics', 'health'],
    'Proof': ['testing', 'what-stops-a-retry-storm', 'costs'],
}
# Which headers belong together.
CONCEPTS = {
    'Guarded calls': ['pipeline', 'call', 'async', 'execution', 'group', 'policy', 'event'],
    'Policies': ['breaker', 'retry', 'retry_budget', 'timeout', 'bulkhead', 'pool', 'limiter', 'fallback', 'hedge', 'chaos', 'permit'],
    'Answers': ['status', 'fault', 'outcome'],
    'Time and cancellation': ['time', 'deadline', 'cancel', 'timer', 'wheel'],
    'Operation': ['registry', 'keyed', 'registry_events', 'config', 'loader', 'metrics', 'health', 'health_check', 'health_source'],
    'Ground': ['platform', 'version', 'api', 'seawall'],
}
HEADING = re.compile(r'^(#{1,4}) (.+)$', re.M)
CODE = re.compile(r'^```.*?^```$', re.M | re.S)
LINK = re.compile(r'(!?)\[([^\]]*)\]\(([^)\s]+)\)')


def slug(text):
    """The anchor that a heading has where Markdown is shown by itself."""
    return re.sub(r'[^\w -]', '', text.lower()).replace(' ', '-')


def title_of(text):
    return HEADING.search(text)[2]


def first_sentence(text):
    """Of the first paragraph that is one."""
    body = CODE.sub('', HEADING.sub('', re.sub(r'<!--.*?-->', '', text, flags=re.S)))
    paragraph = next((block for block in body.strip().split('\n\n') if re.match(r'[A-Z`*]', block.strip())), '')
    flat = LINK.sub(lambda match: match[2], ' '.join(paragraph.split()))
    return re.match(r'.*?[.?!](?=\s|$)|.*', flat)[0].rstrip(':')


class Page:
    """A Markdown file of the tree, with the name of the page that is made of it."""

    def __init__(self, path, name, text=None):
        self.path = path
        self.name = name
        self.text = path.read_text(encoding='utf-8') if text is None else text
        self.title = title_of(self.text)

    def anchor(self, heading):
        return f"{self.name}--{slug(heading)}"


class Site:
    def __init__(self, output):
        self.output = Path(output)
        self.stage = self.output / 'pages'
        self.stage.mkdir(parents=True, exist_ok=True)
        for old in self.stage.iterdir():
            old.unlink()
        shutil.rmtree(self.output / 'html', ignore_errors=True)  # pages that no longer are would keep their links
        self.guide = {path.stem: Page(path, 'guide-' + path.stem) for path in sorted(GUIDE.glob('*.md'))}
        self.decisions = [Page(path, 'decision-' + path.stem[:4]) for path in sorted(DECISIONS.glob('*.md'))]
        self.others = [Page(SOURCE / name, name.partition('.')[0].lower()) for name in ('CONTRIBUTING.md', 'CHANGELOG.md')]
        self.front = Page(SOURCE / 'docs' / 'site' / 'front.md', 'front')
        self.examples = [Page(path, 'example-' + path.stem, example(path)) for path in sorted((SOURCE / 'examples').glob('[0-9]*.*'))]
        self.pages = {page.path: page for page in [*self.guide.values(), *self.decisions, *self.others, self.front, *self.examples]}
        self.menu = []

    def parts(self):
        """(part, pages) in the order of reading."""
        left = dict(self.guide)
        for part, names in PARTS.items():
            yield part, [left.pop(name) for name in names if name in left]
        if left:
            yield 'More', list(left.values())

    def link(self, page, match):
        """A link of the tree as one of the site; to what is not in the site, its text alone."""
        image, text, target = match.groups()
        if image or re.match(r'\w+:|\w+\.html$', target):
            return f'![{text}]({Path(target).name})' if image else match[0]
        file, _, anchor = target.partition('#')
        other = self.pages.get((page.path.parent / file).resolve()) if file else page
        if other is None:
            return f'`{target}`' if text == target else text
        return f'[{text}](@ref {other.name + "--" + anchor if anchor else other.name})'

    def write(self, page, extra=''):
        """Named page and headings, links that hold; code stays as it is."""
        pieces, last, begun = [], 0, [False]

        def name(match):
            if not begun[0]:
                begun[0] = True
                return f'# {match[2]} {{#{page.name}}}'
            return f'{match[1]} {match[2]} {{#{page.anchor(match[2])}}}'

        for block in [*CODE.finditer(page.text), None]:
            prose = page.text[last:block.start() if block else None]
            pieces.append(LINK.sub(lambda match: self.link(page, match), HEADING.sub(name, re.sub(r'^<!--.*?-->\n', '', prose, flags=re.M))))
            if block:
                pieces.append(block[0])
                last = block.end()
        (self.stage / f'{page.name}.md').write_text(''.join(pieces) + extra, encoding='utf-8')

    def write_guide(self):
        entries = []
        index = '# Guide {#guide}\n'
        for part, pages in self.parts():
            index += f'\n## {part}\n\n' + ''.join(f'- [{page.title}](@ref {page.name}): {first_sentence(page.text)}\n' for page in pages)
            entries += [(page.title, page.name) for page in pages]
        order = [page for _, pages in self.parts() for page in pages]
        for page, after in zip(order, [*order[1:], None]):
            self.write(page, f'\n\n---\n\nNext: [{after.title}](@ref {after.name})\n' if after else '')
        (self.stage / 'guide.md').write_text(index, encoding='utf-8')
        self.menu.append(('Guide', 'guide', entries))

    def write_list(self, title, name, intro, pages):
        lines = ''.join(f'| [{page.title}](@ref {page.name}) | {first_sentence(page.text)} |\n' for page in pages)
        (self.stage / f'{name}.md').write_text(f'# {title} {{#{name}}}\n\n{intro}\n\n| | |\n|---|---|\n{lines}', encoding='utf-8')
        for page in pages:
            self.write(page)
        self.menu.append((title, name, []))

    def write_front(self, fields):
        parts = ''.join(f'| {part} | {", ".join(f"[{page.title}](@ref {page.name})" for page in pages)} |\n' for part, pages in self.parts())
        self.front.text = self.front.text.replace('<!-- guide -->', f'| | |\n|---|---|\n{parts}').replace('# Seawall\n', '# Seawall {#mainpage}\n', 1)
        if not fields:  # there is no page of settings
            self.front.text = re.sub(r'^.*@ref settings\).*\n', '', self.front.text, flags=re.M)
        self.write(self.front)
        path = self.stage / 'front.md'
        path.write_text(path.read_text(encoding='utf-8').replace('# Seawall {#mainpage} {#front}', '# Seawall {#mainpage}'), encoding='utf-8')

    def write_concepts(self, kinds):
        """One group per concept: its headers, and the settings of their kinds."""
        headers = {path.stem: path.read_text(encoding='utf-8') for path in sorted((SOURCE / 'include' / 'seawall').glob('*.h'))}
        of_kind = {name: [kind for kind in re.findall(r'the kind "(\w+)"', text) if kind in kinds] for name, text in headers.items()}
        placed = {name for names in CONCEPTS.values() for name in names}
        concepts = {**CONCEPTS, 'More': [name for name in headers if name not in placed]}
        text = ''
        for number, (concept, names) in enumerate(concepts.items(), 1):
            there = [name for name in names if name in headers]
            if not there:
                continue
            settings = ', '.join(f'@ref settings-{kind} "{kind}"' for name in there for kind in of_kind[name])
            text += f'/** @defgroup concept-{number} {concept}\n' + (f'Settings: {settings}.\n' if settings else '') + '*/\n'
            text += ''.join(f'/** @file {name}.h\n@ingroup concept-{number} */\n' for name in there)
        (self.stage / 'concepts.dox').write_text(text, encoding='utf-8')

    def write_settings(self, fields):
        """Every field of every kind, as the library itself tells them. The kinds."""
        kinds = {}
        for name, line, values in re.findall(r'^(\S+)\n    (.*)\n    (.*)$', fields, re.M):
            kind, key = name.split('.')
            kinds.setdefault(kind, []).append((key, line, values))
        text = '# Settings {#settings}\n\nEvery field of every kind, as the library tells them: in structs and in configuration files alike.\n'
        for kind, rows in kinds.items():
            text += f'\n## {kind} {{#settings-{kind}}}\n\n| field | what | values |\n|---|---|---|\n'
            text += ''.join(f'| `{key}` | {line} | {values} |\n'.replace('<', '&lt;') for key, line, values in rows)
        if kinds:
            (self.stage / 'settings.md').write_text(text, encoding='utf-8')
            self.menu.append(('Settings', 'settings', []))
        return kinds

    def say_sources(self, more):
        """For ninja: folders are among them, so that a new page is noticed. The site is younger than all of them."""
        headers = SOURCE / 'include' / 'seawall'
        images = SOURCE / 'docs' / 'images'
        own = Path(__file__).parent
        files = [*self.pages, *headers.glob('*.h'), *images.iterdir(), *own.iterdir(), GUIDE, DECISIONS, headers, images, SOURCE / 'examples', *more]
        (self.output / 'site.d').write_text('docs/html: ' + ' '.join(str(path).replace(' ', '\\ ') for path in files) + '\n', encoding='utf-8')
        os.utime(self.output / 'html')

    def layout(self, doxygen):
        """Doxygen's own layout, with a menu that knows the order of reading."""
        def tab(title, name, inner=''):
            return f'<tab type="{"usergroup" if inner else "user"}" url="@ref {name}" title={quoteattr(title)}>{inner}</tab>\n'

        guide, *others = [tab(title, name, ''.join(tab(*entry) for entry in entries)) for title, name, entries in self.menu]
        index = ''.join(f'<tab type="{kind}" visible="yes" title="{title}"/>\n'
                        for kind, title in (('modules', 'API by concept'), ('files', 'Headers'), ('classlist', 'Structs'), ('globals', 'Index')))
        navigation = f'<navindex>\n<tab type="mainpage" visible="yes" title="Seawall"/>\n{guide}{index}{"".join(others)}</navindex>\n'
        path = self.output / 'layout.xml'
        subprocess.run([doxygen, '-l', str(path)], check=True, stdout=subprocess.DEVNULL)
        path.write_text(re.sub(r'<navindex>.*?</navindex>\n', lambda _: navigation, path.read_text(encoding='utf-8'), flags=re.S), encoding='utf-8')
        return path


def example(path):
    """A page for a program: what its first comment says, then the program."""
    text = path.read_text(encoding='utf-8')
    comment = re.search(r'/\*(.*?)\*/|\A((?:(?:#|--)[^\n]*\n)+)', text, re.S)
    said = '\n'.join(re.sub(r'^\s*(\*|#!?|--)? ?', '', line) for line in (comment[1] or comment[2]).splitlines()) if comment else ''
    return f'# {path.name}\n\n{said.strip()}\n\n```{ {".c": "c", ".py": "py"}.get(path.suffix, "") }\n{text}```\n'.replace('```\n```', '```')


def main():
    doxygen, doxyfile, output, *fields = sys.argv[1:]
    site = Site(output)
    site.write_front(fields)
    site.write_guide()
    kinds = site.write_settings(Path(fields[0]).read_text(encoding='utf-8') if fields else '')
    site.write_concepts(kinds)
    site.write_list('Examples', 'examples', 'Small programs, each run as a test.', site.examples)
    site.write_list('Decisions', 'decisions', 'Why things are as they are.', site.decisions)
    for page in site.others:
        site.write(page)
        site.menu.append((page.title, page.name, []))
    settings = [Path(doxyfile).read_text(encoding='utf-8'), f'OUTPUT_DIRECTORY = {output}', f'INPUT += {site.stage}',
                f'LAYOUT_FILE = {site.layout(doxygen)}', f'WARN_LOGFILE = {site.output / "warnings.txt"}']
    subprocess.run([doxygen, '-'], input='\n'.join(settings), text=True, check=True)
    site.say_sources([doxyfile, *fields])


main()
