"""Every callback's comment says on which thread it is called; and where it only tells, how to ask for the same, or why that is needless."""
import re

from gate import HEADERS, SOURCE, Gate, relative

COMMENT = r'/\*\*(?P<comment>(?:(?!\*/).)*)\*/\s*'
# A type of its own, or a member of a struct.
CALLBACK = re.compile(COMMENT + r'(?:typedef\s+)?(?P<answer>[\w ]+\*?)\s*\(\*(?P<name>\w+)\)\s*\(', re.S)
POINTER = re.compile(r'\(\*(\w+)\)\s*\(')
POLL = re.compile(r'\bPoll: (?P<how>[^.]*)\.|\bNo poll: \w')
MEMBER = re.compile(r'\b(\w+);')
GUIDE = SOURCE / 'docs' / 'guide' / 'bindings.md'


def words(comment):
    return ' '.join(comment.replace('*', ' ').split())


def unpolled(name, comment, known, guide):
    """What is wrong with the way to ask."""
    said = POLL.search(comment)
    if said is None:
        return f'{name}: it only tells: "Poll: " and what to ask, or "No poll: " and why, is missing'
    for word in re.findall(r'\bseawall_\w+|\b\w+_mark\b', said['how'] or ''):
        if word not in known:
            return f'{name}: there is no {word}'
        if f'`{word}`' not in guide:
            return f'{name}: {relative(GUIDE)} does not tell of {word}'
    if said['how'] is not None and not re.search(r'\bseawall_\w+|_mark\b', said['how']):
        return f'{name}: "{said["how"]}" names nothing to ask'
    return None


def main():
    gate = Gate()
    texts = {path: path.read_text(encoding='utf-8') for path in HEADERS}
    bare = re.sub(r'/\*.*?\*/', ' ', '\n'.join(texts.values()), flags=re.S)
    known = set(re.findall(r'\b(seawall_\w+)\(', bare)) | set(MEMBER.findall(bare))
    guide = GUIDE.read_text(encoding='utf-8')
    for path, text in texts.items():
        said = {match['name']: match for match in CALLBACK.finditer(text)}
        names = POINTER.findall(re.sub(r'/\*.*?\*/', ' ', text, flags=re.S))
        if not names:
            continue
        gate.check(f'{relative(path)}: each callback names its threads',
                   [f'{name}: {"no thread is named" if name in said else "has no comment above it"}' for name in names
                    if name not in said or not re.search(r'\bthreads?\b', said[name]['comment'])])
        # Who answers is asked; who answers nothing is told.
        told = [name for name in names if name in said and said[name]['answer'].split()[-1] == 'void']
        gate.check(f'{relative(path)}: what is told can be asked for',
                   list(filter(None, (unpolled(name, words(said[name]['comment']), known, guide) for name in told))))
    gate.finish()


main()
