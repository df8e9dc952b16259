// What every file of the shim shares: handles, the tagged argument, and turning C++ exceptions into a code and a message.
//
// A handle is the intrusive pointer itself: a tensor's TensorImpl, a generator's GeneratorImpl. The managed side owns one reference.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <torch/version.h>

#include <cstdint>
#include <exception>
#include <new>

#define PLANET_API extern "C" __attribute__((visibility("default")))

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
#include <optional>
#else
#include <c10/util/Optional.h>
#endif

namespace planet {

// libtorch had an optional of its own before it took the standard one.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
template <typename T> using Optional = std::optional<T>;
#else
template <typename T> using Optional = c10::optional<T>;
#endif

// Must match ArgKind in Interop/NativeArg.cs.
enum class Kind : int32_t {
    Default = 0,    // take the default of the schema
    None = 1,
    Tensor = 2,     // value: handle
    TensorList = 3, // value: handles, count
    OptionalTensorList = 4, // as TensorList, null for none
    Int = 5,
    Double = 6,
    Bool = 7,
    IntList = 8,    // value: int64_t[], count
    BoolList = 9,   // value: int64_t[], count
    DoubleList = 10,
    Device = 11,    // value: type << 32 | (uint32) index
    String = 12,    // value: UTF-8, count
    Generator = 13, // value: handle
};

struct Arg {
    Kind kind;
    int32_t count;
    union {
        int64_t integer;
        double real;
        void* pointer;
    };
};

// Must match TorchErrorKind in TorchException.cs.
enum class ErrorKind : int32_t { None = 0, Torch = 1, Index = 2, NotImplemented = 3, OutOfMemory = 4, Other = 5 };

int fail(std::exception_ptr error) noexcept;

// Runs the body; -1 and a message kept for this thread when it throws.
template <typename Body>
int guarded(Body&& body) noexcept {
    try {
        return body();
    } catch (...) {
        return fail(std::current_exception());
    }
}

inline at::Tensor borrow(void* handle) {
    if (handle == nullptr) {
        return {};
    }
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<c10::TensorImpl*>(handle)));
}

// Gives the reference away; null for an undefined tensor.
inline void* release(at::Tensor tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline at::Generator borrow_generator(void* handle) {
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

inline c10::Device unpack_device(int64_t packed) {
    return c10::Device(static_cast<c10::DeviceType>(packed >> 32), static_cast<c10::DeviceIndex>(static_cast<int32_t>(packed)));
}

} // namespace planet
