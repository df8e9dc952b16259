// Main memory for tensors: large blocks are kept and used again.
//
// A training step makes and frees the same activations of tens of megabytes over and over. The C library gives such blocks back to the
// kernel, which hands them out again page by page, zeroed: about half the time of a step. Its own thresholds (mallopt) help on the main
// thread only, since the other threads' heaps end at 64 MB.
#include "shim.h"

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

namespace {

constexpr size_t kHeader = 64; // the block's size lies before the data, which stays aligned for vector instructions
constexpr size_t kLarge = size_t{1} << 20;

class KeepingAllocator final : public c10::Allocator {
public:
    // One of the two is the base class's, depending on the version.
    c10::DataPtr allocate(size_t bytes) { return get(bytes); }
    c10::DataPtr allocate(size_t bytes) const { return const_cast<KeepingAllocator*>(this)->get(bytes); }
    void copy_data(void* target, const void* source, size_t count) const { std::memcpy(target, source, count); }
    c10::DeleterFnPtr raw_deleter() const override { return &put; }

private:
    // Kept by size, rounded up to an eighth of its power of two; all under the lock.
    std::mutex gate_;
    std::map<size_t, std::vector<void*>> kept_;
    size_t in_use_ = 0;
    size_t idle_ = 0;
    size_t peak_ = 0;

    static size_t rounded(size_t bytes) {
        size_t step = size_t{1} << (60 - __builtin_clzll(bytes));
        return (bytes + step - 1) & ~(step - 1);
    }

    c10::DataPtr get(size_t bytes);

    static void put(void* data);

    static void* fresh(size_t bytes) {
        void* base = nullptr;
        TORCH_CHECK(posix_memalign(&base, kHeader, bytes + kHeader) == 0, "can't allocate memory: out of memory for ", bytes, " bytes");
        *static_cast<size_t*>(base) = bytes;
        return static_cast<char*>(base) + kHeader;
    }

    static void discard(void* data) { std::free(static_cast<char*>(data) - kHeader); }

    void* take(size_t bytes) {
        std::lock_guard<std::mutex> lock(gate_);
        in_use_ += bytes;
        peak_ = std::max(peak_, in_use_);
        auto found = kept_.find(bytes);
        if (found == kept_.end()) {
            trim();
            return nullptr;
        }
        void* data = found->second.back();
        found->second.pop_back();
        if (found->second.empty()) {
            kept_.erase(found);
        }
        idle_ -= bytes;
        return data;
    }

    void keep(void* data, size_t bytes) {
        std::lock_guard<std::mutex> lock(gate_);
        in_use_ -= bytes;
        idle_ += bytes;
        kept_[bytes].push_back(data);
        trim();
    }

    // All blocks together stay within five quarters of what was ever in use at once; the largest idle ones go first.
    void trim() {
        while (idle_ > 0 && in_use_ + idle_ > peak_ + peak_ / 4) {
            auto largest = std::prev(kept_.end());
            discard(largest->second.back());
            largest->second.pop_back();
            idle_ -= largest->first;
            if (largest->second.empty()) {
                kept_.erase(largest);
            }
        }
    }
};

// Never destroyed: tensors may be freed while the process ends.
KeepingAllocator& allocator() {
    static auto* instance = new KeepingAllocator;
    return *instance;
}

c10::DataPtr KeepingAllocator::get(size_t bytes) {
    void* data = nullptr;
    if (bytes >= kLarge) {
        bytes = rounded(bytes);
        data = take(bytes);
        if (data == nullptr) {
            try {
                data = fresh(bytes);
            } catch (...) {
                std::lock_guard<std::mutex> lock(gate_);
                in_use_ -= bytes;
                throw;
            }
        }
    } else if (bytes > 0) {
        data = fresh(bytes);
    }
    return {data, data, &put, c10::Device(c10::DeviceType::CPU)};
}

void KeepingAllocator::put(void* data) {
    if (data == nullptr) {
        return;
    }
    auto bytes = *reinterpret_cast<size_t*>(static_cast<char*>(data) - kHeader);
    if (bytes < kLarge) {
        discard(data);
    } else {
        allocator().keep(data, bytes);
    }
}

} // namespace

// From here on tensors in main memory come from this allocator; those made before go back where they came from.
PLANET_API void planet_torch_keep_memory() {
    c10::SetCPUAllocator(&allocator(), 100);
}
