"""Two builds of the same sources in different places give the same libraries, to the byte."""
import filecmp
import tempfile
from pathlib import Path

from tree import clean_environment, copy_tree  # which knows where gate.py is
from gate import CC, Gate, attempt

# Different in length and depth, the build inside the tree and beside it.
PLACES = [('first/tree', 'first/tree/build'), ('second/a/place/further/down', 'second/out/of/it')]
OPTIONS = ['-Dauto_features=disabled', '-Dtests=disabled', '-Dexamples=disabled', '-Dbench=disabled', '-Ddocs=disabled']


def build(tree, directory):
    tree.parent.mkdir(parents=True)
    copy_tree(tree)
    environment = {**clean_environment(tree.parent), 'CC': ' '.join(CC)}
    return (attempt(['meson', 'setup', directory, tree, *OPTIONS], env=environment)
            or attempt(['ninja', '-C', directory, '-j', '2',], env=environment))


def main():
    gate = Gate()
    with tempfile.TemporaryDirectory() as scratch:
        places = [(Path(scratch, tree), Path(scratch, directory)) for tree, directory in PLACES]
        if all([gate.check(f'build in {directory}', build(*place)) for place, (_, directory) in zip(places, PLACES)]):
            (_, first), (_, second) = places
            for pattern in ('libseawall.so.*.*.*', 'libseawall.a'):
                name = next(first.glob(f'src/{pattern}')).relative_to(first)
                gate.check(f'{name.name} is the same', [] if filecmp.cmp(first / name, second / name, shallow=False) else ['it differs'])
    gate.finish()


main()
