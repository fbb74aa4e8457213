/* Loads the library while the program runs, as a plug-in or a foreign function interface does. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    const char *(*version)(void);

    if (library == NULL) {
        fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "usage: loader LIBRARY");
        return 1;
    }
    /* ISO C has no cast from an object's address to a function's; POSIX wants it done like this. */
    *(void **)&version = dlsym(library, "seawall_version_string");
    if (version == NULL)
        return 2;
    printf("seawall %s\n", version());
    return dlclose(library) == 0 ? 0 : 3;
}
