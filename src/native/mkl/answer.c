// MKL, which is part of libtorch's CPU builds, calls mkl_serv_intel_cpu_true to detect an Intel processor and uses its AVX-512 kernels only
// there. This library is loaded earlier with global visibility, so its definition of that function is used instead. It returns the true
// answer until planet_mkl_use_native_kernels lets MKL use all kernels that the processor supports.
#include <cpuid.h>
#include <string.h>

static int native_kernels = 0;
static int was_asked = 0;

static int is_intel(void) {
    unsigned int unused, name[3];
    if (!__get_cpuid(0, &unused, &name[0], &name[2], &name[1])) {
        return 0;
    }
    return memcmp(name, "GenuineIntel", sizeof name) == 0;
}

int mkl_serv_intel_cpu_true(void) {
    was_asked = 1;
    return native_kernels || is_intel();
}

// MKL caches the first answer, so a later call has no effect.
void planet_mkl_use_native_kernels(int use) {
    native_kernels = use;
}

int planet_mkl_was_asked(void) {
    return was_asked;
}
