// Explicit random generators: made from a seed, saved and put back as bytes.
#include "shim.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <mutex>

PLANET_API void* planet_torch_generator(int64_t device, uint64_t seed) {
    void* result = nullptr;
    planet::guarded([&] {
        auto target = planet::unpack_device(device);
        // A copy of the device's default generator, re-seeded: the one way to a new CUDA generator that needs no CUDA header.
        auto generator = target.is_cpu() ? at::detail::createCPUGenerator(seed) : at::globalContext().defaultGenerator(target).clone();
        generator.set_current_seed(seed);
        result = generator.unsafeReleaseGeneratorImpl();
        return 0;
    });
    return result;
}

PLANET_API void planet_torch_generator_release(void* handle) {
    c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(handle));
}

PLANET_API int planet_torch_generator_seed(void* handle, uint64_t seed) {
    return planet::guarded([&] {
        auto generator = planet::borrow_generator(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_current_seed(seed);
        return 0;
    });
}

PLANET_API int planet_torch_generator_initial_seed(void* handle, uint64_t* seed) {
    return planet::guarded([&] {
        *seed = planet::borrow_generator(handle).current_seed();
        return 0;
    });
}

PLANET_API int planet_torch_generator_state(void* handle, void** state) {
    return planet::guarded([&] {
        auto generator = planet::borrow_generator(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        *state = planet::release(generator.get_state());
        return 0;
    });
}

PLANET_API int planet_torch_generator_set_state(void* handle, void* state) {
    return planet::guarded([&] {
        auto generator = planet::borrow_generator(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(planet::borrow(state));
        return 0;
    });
}

// Seeds the default generators of every device.
PLANET_API int planet_torch_manual_seed(uint64_t seed) {
    return planet::guarded([&] {
        at::manual_seed(seed);
        return 0;
    });
}
