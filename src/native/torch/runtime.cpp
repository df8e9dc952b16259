// Errors, versions, threads and devices.
#include "shim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <string>

namespace {

thread_local planet::ErrorKind error_kind = planet::ErrorKind::None;
thread_local std::string error_message;
thread_local std::string text;

} // namespace

int planet::fail(std::exception_ptr error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const c10::IndexError& e) {
        error_kind = ErrorKind::Index;
        error_message = e.what_without_backtrace();
    } catch (const c10::NotImplementedError& e) {
        error_kind = ErrorKind::NotImplemented;
        error_message = e.what_without_backtrace();
    } catch (const c10::Error& e) {
        error_message = e.what_without_backtrace();
        auto out_of_memory = error_message.find("out of memory") != std::string::npos || error_message.find("can't allocate memory") != std::string::npos;
        error_kind = out_of_memory ? ErrorKind::OutOfMemory : ErrorKind::Torch;
    } catch (const std::bad_alloc& e) {
        error_kind = ErrorKind::OutOfMemory;
        error_message = e.what();
    } catch (const std::exception& e) {
        error_kind = ErrorKind::Other;
        error_message = e.what();
    } catch (...) {
        error_kind = ErrorKind::Other;
        error_message = "an exception that is no std::exception";
    }
    return -1;
}

// The kind of the last error on this thread and its message, valid until the next one.
PLANET_API int32_t planet_torch_error(const char** message) {
    *message = error_message.c_str();
    return static_cast<int32_t>(error_kind);
}

PLANET_API const char* planet_torch_version() {
    return TORCH_VERSION;
}

// 0: build configuration and CPU capability in use, 1: parallel back end and threads. Valid until the next call on this thread.
PLANET_API const char* planet_torch_describe(int32_t what) {
    planet::guarded([&] {
        text = what == 0 ? at::show_config() : at::get_parallel_info();
        return 0;
    });
    return text.c_str();
}

PLANET_API int planet_torch_set_num_threads(int32_t threads) {
    return planet::guarded([&] {
        at::set_num_threads(threads);
        return 0;
    });
}

PLANET_API int32_t planet_torch_get_num_threads() {
    return at::get_num_threads();
}

PLANET_API int32_t planet_torch_cuda_device_count() {
    return planet::guarded([&] {
        if (!at::globalContext().hasCUDA()) {
            return 0;
        }
        return static_cast<int>(c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount());
    });
}

PLANET_API int planet_torch_set_deterministic(int32_t value) {
    return planet::guarded([&] {
        at::globalContext().setDeterministicAlgorithms(value != 0, false);
        return 0;
    });
}
