/* Files and texts, checked. */
#include <seawall/loader.h>

#include <string.h>

#include "base/error.h"
#include "config/judge.h"
#include "config/loader.h"
#include "port/port.h"
#include "time/platform.h"

/* One load, from its text to the verdict. */
typedef struct load {
    sw_problems problems;
    sw_document document;
} load;

static seawall_status no_memory(seawall_error *error)
{
    return sw_error(error, SEAWALL_NO_MEMORY, "loader", "loader: no memory");
}

static seawall_status begin(load *it, const seawall_loader_config *config, const seawall_platform *platform, seawall_error *error)
{
    seawall_loader_config full;
    seawall_status status = sw_config_take(&sw_loader_config_kind, config, &full, error);

    if (status != SEAWALL_OK)
        return status;
    platform = sw_platform_resolve(platform, error);
    if (platform == NULL)
        return SEAWALL_INVALID;
    it->problems = (sw_problems){full.report, full.report_user, error, 0};
    sw_document_init(&it->document, platform);
    return SEAWALL_OK;
}

static seawall_status check(load *it, const sw_text_file *file, seawall_error *error)
{
    seawall_status status = sw_document_read(&it->document, file, &it->problems);

    if (status == SEAWALL_OK)
        sw_judge(&it->document, &it->problems);
    if (status != SEAWALL_OK)
        return no_memory(error);
    return it->problems.count == 0 ? SEAWALL_OK : SEAWALL_INVALID;
}

static seawall_status read_file(load *it, const char *path, sw_text_file *file, seawall_error *error)
{
    const char *wrong =
        sw_port_read_file(path, SEAWALL_FILE_SIZE_MAX, it->document.platform, &file->text, &file->size, &file->room);
    sw_place place = {.file = path};

    file->path = path;
    if (wrong == NULL)
        return SEAWALL_OK;
    if (wrong == sw_port_no_memory)
        return no_memory(error);
    sw_problem(&it->problems, &place, "%s", wrong);
    return SEAWALL_INVALID;
}

seawall_status seawall_loader_check_file(const char *path, const seawall_loader_config *config, const seawall_platform *platform,
                                         seawall_error *error)
{
    sw_text_file file;
    load it;
    seawall_status status;

    if (path == NULL)
        return sw_error(error, SEAWALL_INVALID, "loader", "loader: no file is named (NULL)");
    status = begin(&it, config, platform, error);
    if (status != SEAWALL_OK)
        return status;
    status = read_file(&it, path, &file, error);
    if (status == SEAWALL_OK)
        status = check(&it, &file, error);
    sw_document_fini(&it.document);
    return status;
}

static seawall_status copy_text(const load *it, const char *text, size_t length, sw_text_file *file, seawall_error *error)
{
    file->text = sw_allocate(it->document.platform, length + 1, 1);
    if (file->text == NULL)
        return no_memory(error);
    if (length > 0)
        memcpy(file->text, text, length);
    file->size = length;
    file->room = length + 1;
    return SEAWALL_OK;
}

seawall_status seawall_loader_check_text(const char *text, size_t length, const char *name, const seawall_loader_config *config,
                                         const seawall_platform *platform, seawall_error *error)
{
    sw_text_file file = {.path = name};
    load it;
    seawall_status status;

    if ((text == NULL && length > 0) || name == NULL)
        return sw_error(error, SEAWALL_INVALID, "loader", "loader: no text, or no name for it (NULL)");
    if (length > SEAWALL_FILE_SIZE_MAX)
        return sw_error(error, SEAWALL_INVALID, "loader", "loader: the text is too large");
    status = begin(&it, config, platform, error);
    if (status != SEAWALL_OK)
        return status;
    status = copy_text(&it, text, length, &file, error);
    if (status == SEAWALL_OK)
        status = check(&it, &file, error);
    sw_document_fini(&it.document);
    return status;
}
