"""The documentation: Doxygen reads it without a warning, and no link of the site or of the tree's own pages leads nowhere."""
import re
from html.parser import HTMLParser
from urllib.parse import unquote

from gate import BUILD, SOURCE, Gate, relative

SITE = BUILD / 'docs' / 'html'
ELSEWHERE = re.compile(r'[a-z][a-z0-9+.-]*:|//')
CODE = re.compile(r'^```.*?^```$|`[^`\n]*`', re.M | re.S)
LINK = re.compile(r'\[[^\]]*\]\(([^)\s]+)\)')
HEADING = re.compile(r'^#+ (.+)$', re.M)


class Page(HTMLParser):
    """What a page leads to, and what of it can be led to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = set(), set()
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ('href', 'src', 'data') and value:
                self.links.add(value)
            if name == 'id' or (name == 'name' and tag == 'a'):
                self.anchors.add(value)


def dead(pages):
    """Links of the site to files that are not there, or to places that a page does not have."""
    for path, page in pages.items():
        for link in sorted(page.links):
            if ELSEWHERE.match(link):
                continue
            file, _, anchor = unquote(link).partition('#')
            target = (path.parent / file.partition('?')[0]).resolve() if file else path
            if not target.exists():
                yield f'{path.name}: {link}'
            elif anchor and target in pages and anchor not in pages[target].anchors:
                yield f'{path.name}: {link}: no such place'


def anchors_of(path):
    """As they come to be where Markdown is shown by itself."""
    prose = CODE.sub(lambda match: match[0].strip('`') if not match[0].startswith('```') else '', path.read_text(encoding='utf-8'))
    return {re.sub(r'[^\w -]', '', heading.lower()).replace(' ', '-') for heading in HEADING.findall(prose)}


def dead_in_tree(path):
    for link in LINK.findall(CODE.sub('', path.read_text(encoding='utf-8'))):
        if ELSEWHERE.match(link) or (path.name == 'front.md' and link.endswith('.html')):
            continue
        file, _, anchor = link.partition('#')
        target = (path.parent / file).resolve() if file else path
        if not target.exists():
            yield f'{relative(path)}: {link}'
        elif anchor and target.suffix == '.md' and anchor not in anchors_of(target):
            yield f'{relative(path)}: {link}: no such heading'


def main():
    gate = Gate()
    written = [*SOURCE.glob('*.md'), *sorted((SOURCE / 'docs').rglob('*.md')), *(SOURCE / 'bench').glob('*.md')]
    gate.check('no link of the tree leads nowhere', [line for path in written for line in dead_in_tree(path)])
    if not SITE.exists():
        gate.skip('the site', 'it was not built: there is no Doxygen')
        gate.finish()
    gate.check('Doxygen has no warning', (SITE.parent / 'warnings.txt').read_text(encoding='utf-8'))
    pages = {path.resolve(): Page(path) for path in sorted(SITE.glob('**/*.html'))}
    gate.check('no link of the site leads nowhere', list(dead(pages)))
    names = {path.stem for path in pages}
    wanted = ['index', 'guide', 'examples', 'decisions', 'modules', *(f'guide-{path.stem}' for path in (SOURCE / 'docs' / 'guide').glob('*.md'))]
    if (BUILD / 'tools' / 'fields.txt').exists():  # else nobody can tell them
        wanted.append('settings')
    gate.check('every page is there', [name for name in wanted if name not in names])
    gate.check('it can be searched', [] if (SITE / 'search' / 'searchdata.js').exists() else ['no search/searchdata.js'])
    gate.finish()


main()
