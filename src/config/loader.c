/* Files and texts: read, judged, and put into a registry. */
#include <seawall/loader.h>

#include <string.h>

#include "base/error.h"
#include "config/apply.h"
#include "config/environment.h"
#include "config/judge.h"
#include "config/loader.h"
#include "config/read.h"
#include "port/port.h"
#include "registry/members.h"
#include "time/platform.h"

/* Files that include one another. */
#define DEPTH_MAX 8

#define DIGITS_OF(number) #number
#define DIGITS(number) DIGITS_OF(number)
#define TOO_LARGE " larger than " DIGITS(SEAWALL_FILE_SIZE_MAX) " bytes"

/* One load, from its text to the verdict. */
typedef struct load {
    sw_include include; /* first: the callback gets it */
    seawall_loader_config config;
    sw_problems problems;
    sw_document document;
    seawall_error *error;
    seawall_registry *registry; /* NULL: to check only */
    bool again;                 /* a reload */
    size_t left; /* bytes that may still be read */
    int32_t depth;
} load;

static seawall_status no_memory(seawall_error *error)
{
    return sw_error(error, SEAWALL_NO_MEMORY, "loader", "loader: no memory");
}

static seawall_status begin(load *it, const seawall_loader_config *config, const seawall_platform *platform, seawall_error *error)
{
    seawall_status status = sw_config_take(&sw_loader_config_kind, config, &it->config, error);

    if (status != SEAWALL_OK)
        return status;
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    it->problems = (sw_problems){it->config.report, it->config.report_user, error, 0};
    it->error = error;
    it->left = SEAWALL_FILE_SIZE_MAX;
    it->depth = 0;
    sw_document_init(&it->document, platform);
    return SEAWALL_OK;
}

/* The text becomes the document's, and counts. */
static seawall_status take_text(load *it, const sw_text_file *file, bool may_include)
{
    it->left -= file->size;
    return sw_document_read(&it->document, file, may_include && it->config.include != 0 ? &it->include : NULL, &it->problems);
}

/* `name` is how an include names it, NULL for the file that is asked for. */
static seawall_status take_file(load *it, const char *path, const char *name, const sw_place *place)
{
    sw_text_file file = {.path = path};
    char quoted[SW_TEXT_SIZE];
    const char *wrong =
        sw_port_read_file(path, name == NULL, it->left, it->document.platform, &file.text, &file.size, &file.room);

    if (wrong == sw_port_no_memory)
        return SEAWALL_NO_MEMORY;
    if (wrong == NULL)
        return take_text(it, &file, true);
    if (wrong == sw_port_too_large)
        wrong = name != NULL ? "the files are" TOO_LARGE " together" : "the file is" TOO_LARGE;
    (void)sw_quote((sw_span){name != NULL ? name : "", name != NULL ? strlen(name) : 0}, quoted);
    sw_problem(&it->problems, place, "%s%s%s", name != NULL ? quoted : "", name != NULL ? ": " : "", wrong);
    return SEAWALL_OK;
}

/* Beside the file that names it. The path is kept as a file without text, which lives as long as the document. */
static const char *path_beside(load *it, const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    size_t directory = slash != NULL ? (size_t)(slash - path) + 1 : 0, room = directory + strlen(name) + 1;
    sw_text_file *kept = sw_array_add(&it->document.files, sizeof(*kept), it->document.platform);

    if (kept == NULL)
        return NULL;
    kept->text = sw_allocate(it->document.platform, room, 1);
    if (kept->text == NULL)
        return NULL;
    kept->room = room;
    kept->path = kept->text;
    memcpy(kept->text, path, directory);
    memcpy(kept->text + directory, name, room - directory);
    return kept->text;
}

static seawall_status include_file(sw_include *include, const char *path, int32_t line, const char *name)
{
    load *it = (load *)include;
    const sw_place place = {.file = path, .line = line, .key = "include"};
    const char *beside;
    seawall_status status;

    if (it->depth == DEPTH_MAX) {
        sw_problem(&it->problems, &place, "files include one another more than 8 deep");
        return SEAWALL_OK;
    }
    beside = path_beside(it, path, name);
    if (beside == NULL)
        return SEAWALL_NO_MEMORY;
    it->depth++;
    status = take_file(it, beside, name, &place);
    it->depth--;
    return status;
}

static seawall_status apply(load *it)
{
    return it->again ? sw_apply_again(&it->document, it->registry, &it->config, &it->problems, it->error)
                     : sw_apply(&it->document, it->registry, &it->problems, it->error);
}

/* After reading: `status` is how that went. */
static seawall_status end(load *it, seawall_status status)
{
    if (status == SEAWALL_OK)
        sw_find_kinds(&it->document);
    if (status == SEAWALL_OK && it->config.environment != NULL)
        status = sw_environment_lay(&it->document, it->config.environment, &it->problems);
    if (status == SEAWALL_OK)
        sw_judge(&it->document, it->registry, it->again, &it->problems);
    if (status != SEAWALL_OK)
        status = no_memory(it->error);
    else if (it->registry != NULL && it->problems.count == 0)
        status = apply(it);
    sw_document_fini(&it->document);
    return status == SEAWALL_OK && it->problems.count > 0 ? SEAWALL_INVALID : status;
}

static seawall_status load_file(const char *path, const seawall_loader_config *config, const seawall_platform *platform,
                                seawall_registry *registry, bool again, seawall_error *error)
{
    load it = {.include = {include_file}, .registry = registry, .again = again};
    const sw_place place = {.file = path};
    seawall_status status;

    if (path == NULL)
        return sw_error(error, SEAWALL_INVALID, "loader", "loader: no file is named (NULL)");
    status = begin(&it, config, platform, error);
    return status == SEAWALL_OK ? end(&it, take_file(&it, path, NULL, &place)) : status;
}

static seawall_status copy_text(load *it, const char *text, size_t length, const char *name)
{
    sw_text_file file = {.path = name, .size = length, .room = length + 1};

    file.text = sw_allocate(it->document.platform, file.room, 1);
    if (file.text == NULL)
        return SEAWALL_NO_MEMORY;
    if (length > 0)
        memcpy(file.text, text, length);
    return take_text(it, &file, false);
}

static seawall_status load_text(const char *text, size_t length, const char *name, const seawall_loader_config *config,
                                const seawall_platform *platform, seawall_registry *registry, bool again,
                                seawall_error *error)
{
    load it = {.include = {include_file}, .registry = registry, .again = again};
    seawall_status status;

    if ((text == NULL && length > 0) || name == NULL)
        return sw_error(error, SEAWALL_INVALID, "loader", "loader: no text, or no name for it (NULL)");
    if (length > SEAWALL_FILE_SIZE_MAX)
        return sw_error(error, SEAWALL_INVALID, "loader", "loader: the text is" TOO_LARGE);
    status = begin(&it, config, platform, error);
    return status == SEAWALL_OK ? end(&it, copy_text(&it, text, length, name)) : status;
}

seawall_status seawall_loader_check_file(const char *path, const seawall_loader_config *config, const seawall_platform *platform,
                                         seawall_error *error)
{
    return load_file(path, config, platform, NULL, false, error);
}

seawall_status seawall_loader_check_text(const char *text, size_t length, const char *name, const seawall_loader_config *config,
                                         const seawall_platform *platform, seawall_error *error)
{
    return load_text(text, length, name, config, platform, NULL, false, error);
}

static seawall_status no_registry(seawall_error *error)
{
    return sw_error(error, SEAWALL_INVALID, "loader", "loader: no registry to load into (NULL)");
}

static seawall_status file_into(seawall_registry *registry, const char *path, const seawall_loader_config *config, bool again,
                                seawall_error *error)
{
    return registry != NULL ? load_file(path, config, registry->platform, registry, again, error) : no_registry(error);
}

static seawall_status text_into(seawall_registry *registry, const char *text, size_t length, const char *name,
                                const seawall_loader_config *config, bool again, seawall_error *error)
{
    return registry != NULL ? load_text(text, length, name, config, registry->platform, registry, again, error)
                            : no_registry(error);
}

seawall_status seawall_registry_load_file(seawall_registry *registry, const char *path, const seawall_loader_config *config,
                                          seawall_error *error)
{
    return file_into(registry, path, config, false, error);
}

seawall_status seawall_registry_load_text(seawall_registry *registry, const char *text, size_t length, const char *name,
                                          const seawall_loader_config *config, seawall_error *error)
{
    return text_into(registry, text, length, name, config, false, error);
}

seawall_status seawall_registry_reload_file(seawall_registry *registry, const char *path, const seawall_loader_config *config,
                                            seawall_error *error)
{
    return file_into(registry, path, config, true, error);
}

seawall_status seawall_registry_reload_text(seawall_registry *registry, const char *text, size_t length, const char *name,
                                            const seawall_loader_config *config, seawall_error *error)
{
    return text_into(registry, text, length, name, config, true, error);
}
