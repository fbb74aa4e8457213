"""Makes the manual pages that follow from other sources.

usage: make_man.py library VERSION HEADER...   seawall(3): every function with its first sentence, from the headers
       make_man.py fields VERSION LIST         seawall.conf(5): every field, as `seawall-check --list` explains them
"""
import re
import sys
from pathlib import Path

COMMENT = r'/\*\*(?P<comment>(?:(?!\*/).)*)\*/\s*'
FUNCTION = re.compile(COMMENT + r'SEAWALL_API\b[^;{]*?\b(?P<name>seawall_\w+)\s*\([^;]*;', re.S)
BRIEF = re.compile(r'@brief (.*?)(?=\n \*\s*\n|\n \*/)', re.S)
SENTENCE = re.compile(r'.*?[.?!](?=\s|$)')

LIBRARY = r'''.TH SEAWALL 3 "" "Seawall {version}" "Library Functions Manual"
.SH NAME
seawall \- keeps a service standing when what it depends on does not
.SH SYNOPSIS
.nf
.B #include <seawall/seawall.h>
.PP
.B cc program.c $(pkg-config \-\-cflags \-\-libs seawall)
.B cc \-static program.c $(pkg-config \-\-static \-\-cflags \-\-libs seawall)
.fi
.SH DESCRIPTION
Every function of the library with the first sentence of its description, header by header. The header states the rest: parameters,
units, ranges, defaults, who owns what, which threads may call, whether it blocks, what it costs and what it answers.
.BR seawall (7)
tells what the parts are for.
'''
FIELDS = r'''.TH SEAWALL.CONF 5 "" "Seawall {version}" "File Formats Manual"
.SH NAME
seawall.conf \- configuration files of Seawall
.SH DESCRIPTION
A program names its file itself. Sections
.RI [ kind ]
set the defaults of a kind, sections
.RI [ kind " \(dq" name \(dq]
those of one object, with lines
.IR "key = value" .
A
.B #
or
.B ;
at the start of a line, or after a blank, begins a comment.
.PP
A count is digits; bytes may have a unit: B, KiB, MiB or GiB. A duration is a number and its unit without a blank between: ns, us, ms, s, m (minutes) or h. A rate is a number from 0
to 1 or a percentage. Fault kinds are named with commas between them, or
.BR none ,
or
.BR all .
.B auto
stands for what the text of its field says.
.PP
A retry and a hedge may name a
.BR retry_budget ,
a fallback a
.BR pipeline ,
and a pipeline its
.BR policies ,
outermost first.
.SH FIELDS
'''
SEE = '.SH SEE ALSO\n{}\n'


def escaped(text):
    """Text as roff reads it: no line begins with a control character, no hyphen becomes a dash."""
    text = text.replace('\\', r'\e').replace('-', r'\-').replace('"', r'\(dq')
    return r'\&' + text if text[:1] in ".'" else text


def plain(comment):
    """A comment of a header without its stars and marks, on one line."""
    text = ' '.join(re.sub(r'^\s*\*? ?', '', line) for line in comment.strip().splitlines())
    text = re.sub(r'@\w+ \w+ .*?(?=@|$)|@[{}]', '', re.sub(r'\s+', ' ', text)) if text.startswith('@') else re.sub(r'\s*@.*', '', text)
    return re.sub(r'#(?=SEAWALL)|`', '', text).strip()


def first_sentence(text):
    found = SENTENCE.match(text)
    return found[0] if found else text


def library(version, headers):
    page = LIBRARY.format(version=version)
    for path in sorted(map(Path, headers)):
        text = path.read_text(encoding='utf-8')
        functions = [(match['name'], first_sentence(plain(match['comment']))) for match in FUNCTION.finditer(text)]
        if functions:
            page += f'.SS {escaped(path.name)}\n{escaped(plain(BRIEF.search(text)[1]))}\n'
        for name, sentence in functions:
            page += f'.TP\n.BR {name} ()\n{escaped(sentence)}\n'
    return page + SEE.format('.BR seawall (7),\n.BR seawall.conf (5),\n.BR seawall\\-check (1)')


def fields(version, file):
    page = FIELDS.format(version=version)
    listed = Path(file).read_text(encoding='utf-8')
    before = ''
    for name, text, values in re.findall(r'^(\S+)\n    (.*)\n    (.*)$', listed, re.M):
        kind, key = name.split('.')
        if kind != before:
            page += f'.SS {escaped(kind)}\n'
        before = kind
        page += f'.TP\n.B {escaped(key)}\n{escaped(text)}\n.br\n{escaped(values[0].upper() + values[1:])}.\n'
    return page + SEE.format('.BR seawall\\-check (1),\n.BR seawall (7),\n.BR seawall (3)')


def main():
    what, version, *rest = sys.argv[1:]
    sys.stdout.write(library(version, rest) if what == 'library' else fields(version, *rest))


main()
