/* Files with mistakes, as data. */
#ifndef SEAWALL_TEST_BAD_FILES_H
#define SEAWALL_TEST_BAD_FILES_H

typedef struct bad_file {
    const char *text;
    const char *problems; /* all of them, | between them */
} bad_file;

extern const bad_file bad_files[];
extern const int bad_file_count;

#endif
