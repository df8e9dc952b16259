// MKL, which libtorch's CPU builds contain, asks this function whether the processor is Intel's, and keeps its AVX-512 kernels from any
// other. A library with the same function that was loaded before, visible to all, answers in its place: truthfully, until it is told to let
// MKL use the kernels that the processor has.
#include <cpuid.h>
#include <string.h>

static int native_kernels = 0;
static int asked = 0;

static int is_intel(void) {
    unsigned int unused, name[3];
    if (!__get_cpuid(0, &unused, &name[0], &name[2], &name[1])) {
        return 0;
    }
    return memcmp(name, "GenuineIntel", sizeof name) == 0;
}

int mkl_serv_intel_cpu_true(void) {
    asked = 1;
    return native_kernels || is_intel();
}

// MKL keeps the first answer: later changes of mind do nothing.
void planet_mkl_use_native_kernels(int use) {
    native_kernels = use;
}

int planet_mkl_was_asked(void) {
    return asked;
}
