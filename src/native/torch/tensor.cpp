// What a tensor is asked outside the dispatcher: its life, its layout and its memory.
#include "shim.h"

namespace {

// Must match TensorInfo in Interop/Native.cs.
struct TensorInfo {
    int64_t elements;
    int64_t bytes;
    int32_t dimensions;
    int32_t dtype;
    int32_t device_type;
    int32_t device_index;
    int32_t requires_grad;
    int32_t is_leaf;
};

} // namespace

PLANET_API void planet_torch_release(void* handle) {
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle));
}

// A second handle to the same tensor.
PLANET_API void* planet_torch_alias(void* handle) {
    return planet::release(planet::borrow(handle));
}

PLANET_API int planet_torch_info(void* handle, TensorInfo* info) {
    return planet::guarded([&] {
        auto tensor = planet::borrow(handle);
        *info = {tensor.numel(), static_cast<int64_t>(tensor.nbytes()), static_cast<int32_t>(tensor.dim()),
                 static_cast<int32_t>(tensor.scalar_type()), static_cast<int32_t>(tensor.device().type()),
                 static_cast<int32_t>(tensor.device().index()), tensor.requires_grad(), tensor.is_leaf()};
        return 0;
    });
}

PLANET_API int planet_torch_layout(void* handle, int64_t* sizes, int64_t* strides) {
    return planet::guarded([&] {
        auto tensor = planet::borrow(handle);
        std::copy(tensor.sizes().begin(), tensor.sizes().end(), sizes);
        std::copy(tensor.strides().begin(), tensor.strides().end(), strides);
        return 0;
    });
}

PLANET_API int planet_torch_is_contiguous(void* handle, int32_t memory_format) {
    return planet::guarded([&] { return planet::borrow(handle).is_contiguous(static_cast<c10::MemoryFormat>(memory_format)) ? 1 : 0; });
}

PLANET_API int planet_torch_data(void* handle, void** data) {
    return planet::guarded([&] {
        *data = planet::borrow(handle).data_ptr();
        return 0;
    });
}

PLANET_API int planet_torch_set_requires_grad(void* handle, int32_t value) {
    return planet::guarded([&] {
        planet::borrow(handle).set_requires_grad(value != 0);
        return 0;
    });
}

PLANET_API int planet_torch_set_data(void* handle, void* source) {
    return planet::guarded([&] {
        planet::borrow(handle).set_data(planet::borrow(source));
        return 0;
    });
}

PLANET_API int planet_torch_grad(void* handle, void** grad) {
    return planet::guarded([&] {
        *grad = planet::release(planet::borrow(handle).grad());
        return 0;
    });
}

PLANET_API int planet_torch_set_grad(void* handle, void* grad) {
    return planet::guarded([&] {
        planet::borrow(handle).mutable_grad() = planet::borrow(grad);
        return 0;
    });
}
