/* Numbers as people read them. */
#ifndef STORM_FORMAT_H
#define STORM_FORMAT_H

#define FORMAT_SIZE 24

/* Each fills `text`, of FORMAT_SIZE bytes, and returns it. NAN is a dash. */
char *format_seconds(char *text, double seconds); /* "412 ms", "1.40 s" */
char *format_share(char *text, double share);     /* "97.3 %" */
char *format_count(char *text, long count);       /* "12,345" */

#endif
