/* What stands in for the loader in a library that was built without it, so that programs still find the symbols. */
#include <seawall/loader.h>

#include "base/error.h"

static seawall_status left_out(seawall_error *error)
{
    return sw_error(error, SEAWALL_UNSUPPORTED, "loader", "loader: this library was built without it");
}

seawall_status seawall_loader_check_file(const char *path, const seawall_loader_config *config, const seawall_platform *platform,
                                         seawall_error *error)
{
    (void)path;
    (void)config;
    (void)platform;
    return left_out(error);
}

seawall_status seawall_loader_check_text(const char *text, size_t length, const char *name, const seawall_loader_config *config,
                                         const seawall_platform *platform, seawall_error *error)
{
    (void)text;
    (void)length;
    (void)name;
    (void)config;
    (void)platform;
    return left_out(error);
}

seawall_status seawall_registry_load_file(seawall_registry *registry, const char *path, const seawall_loader_config *config,
                                          seawall_error *error)
{
    (void)registry;
    return seawall_loader_check_file(path, config, NULL, error);
}

seawall_status seawall_registry_load_text(seawall_registry *registry, const char *text, size_t length, const char *name,
                                          const seawall_loader_config *config, seawall_error *error)
{
    (void)registry;
    return seawall_loader_check_text(text, length, name, config, NULL, error);
}

seawall_status seawall_registry_reload_file(seawall_registry *registry, const char *path, const seawall_loader_config *config,
                                            seawall_error *error)
{
    return seawall_registry_load_file(registry, path, config, error);
}

seawall_status seawall_registry_reload_text(seawall_registry *registry, const char *text, size_t length, const char *name,
                                            const seawall_loader_config *config, seawall_error *error)
{
    return seawall_registry_load_text(registry, text, length, name, config, error);
}
