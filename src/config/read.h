/* From the text of a file to sections and items. */
#ifndef SW_CONFIG_READ_H
#define SW_CONFIG_READ_H

#include "config/document.h"

/* How the file that a line names is read; `name` is a bare one. Tells what is wrong with it, at `path` and `line`. */
typedef struct sw_include {
    seawall_status (*read)(struct sw_include *include, const char *path, int32_t line, const char *name);
} sw_include;

/*
 * Takes over `text`, memory of the platform, also on failure, and reads it: #SEAWALL_OK whether or not there are problems;
 * #SEAWALL_NO_MEMORY. `path` must outlive the document, and so must its text. `include` NULL: switched off.
 */
seawall_status sw_document_read(sw_document *document, const sw_text_file *file, sw_include *include, sw_problems *problems);

#endif
