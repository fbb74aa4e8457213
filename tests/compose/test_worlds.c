/* Enough random worlds to meet every mistake that was ever planted. */
#include "worlds.h"

int main(void)
{
    return worlds_suite("compose/worlds", 2000);
}
