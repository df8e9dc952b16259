using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    /// <summary>
    /// An array of numbers on a device, with gradients. Freed by its dispose scope, by <see cref="Dispose()"/> or at last by the garbage
    /// collector. Names and meanings are TorchSharp's and PyTorch's.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long s_count;
        private nint _handle;

        private protected Tensor(nint handle)
        {
            _handle = handle;
            Interlocked.Increment(ref s_count);
        }

#pragma warning disable MA0055 // native memory that nobody else would free
        /// <summary>Frees the memory if nothing else did.</summary>
        ~Tensor() => Release();
#pragma warning restore MA0055

        /// <summary>How many tensors are alive in the process: made and not yet freed.</summary>
        public static long TotalCount => Interlocked.Read(ref s_count);

        /// <summary>Whether the tensor was freed.</summary>
        public bool IsInvalid => _handle == 0;

        internal DisposeScope? OwningDisposeScope { get; set; }

        internal int ScopeIndex { get; set; }

        internal nint Handle => _handle != 0
            ? _handle
            : throw new ObjectDisposedException(nameof(Tensor), "The tensor was freed, by Dispose or by its dispose scope: move it to the outer scope to keep it.");

        /// <summary>Sizes, outermost first.</summary>
        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Info.Dimensions];
                var strides = stackalloc long[sizes.Length];
                fixed (long* pointer = sizes) Native.Check(Native.planet_torch_layout(Handle, pointer, strides));
                GC.KeepAlive(this);
                return sizes;
            }
        }

        /// <summary>The type of the elements.</summary>
        public ScalarType dtype => (ScalarType)Info.DType;

        /// <summary>Where the tensor lives.</summary>
        public Device device
        {
            get
            {
                var info = Info;
                return new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        /// <summary>Where the tensor lives: CPU or CUDA.</summary>
        public DeviceType device_type => (DeviceType)Info.DeviceType;

        /// <summary>Whether gradients are kept for it. May be set on leaves only.</summary>
        public bool requires_grad
        {
            get => Info.RequiresGrad != 0;
            set
            {
                Native.Check(Native.planet_torch_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        /// <summary>Whether it was made by hand and not by an operator that keeps gradients.</summary>
        public bool is_leaf => Info.IsLeaf != 0;

        /// <summary>The gradient gathered so far; null before the first <see cref="backward"/>. Setting null drops it.</summary>
        public Tensor? grad
        {
            get
            {
                Native.Check(Native.planet_torch_grad(Handle, out var found));
                GC.KeepAlive(this);
                return found == 0 ? null : Own(found);
            }

            set
            {
                Native.Check(Native.planet_torch_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        /// <summary>How many elements.</summary>
        public long NumberOfElements => Info.Elements;

        /// <summary>How many dimensions.</summary>
        public long Dimensions => Info.Dimensions;

        /// <summary>How many dimensions.</summary>
        public long ndim => Info.Dimensions;

        /// <summary>Bytes of one element.</summary>
        public long ElementSize => dtype.Size();

        internal TensorInfo Info
        {
            get
            {
                Native.Check(Native.planet_torch_info(Handle, out var info));
                GC.KeepAlive(this);
                return info;
            }
        }

        /// <summary>How many elements.</summary>
        public long numel() => Info.Elements;

        /// <summary>How many dimensions.</summary>
        public long dim() => Info.Dimensions;

        /// <summary>The size of one dimension; negative counts from the end.</summary>
        /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
        public long size(int dim)
        {
            var sizes = shape;
            var at = dim < 0 ? dim + sizes.Length : dim;
            if (at < 0 || at >= sizes.Length)
            {
                throw new ArgumentOutOfRangeException(nameof(dim), dim, $"A tensor of shape [{string.Join(", ", sizes)}] has dimensions 0..{sizes.Length - 1}.");
            }

            return sizes[at];
        }

        /// <summary>Elements to step over for the next index, for each dimension.</summary>
        public unsafe long[] stride()
        {
            var strides = new long[Info.Dimensions];
            var sizes = stackalloc long[strides.Length];
            fixed (long* pointer = strides) Native.Check(Native.planet_torch_layout(Handle, sizes, pointer));
            GC.KeepAlive(this);
            return strides;
        }

        /// <summary>Whether the elements lie densely in that order.</summary>
        public bool is_contiguous(memory_format format = memory_format.contiguous)
        {
            var result = Native.Check(Native.planet_torch_is_contiguous(Handle, (int)format));
            GC.KeepAlive(this);
            return result != 0;
        }

        /// <summary>Sets <see cref="requires_grad"/> and returns the tensor.</summary>
        public Tensor requires_grad_(bool value = true)
        {
            requires_grad = value;
            return this;
        }

        /// <summary>Sets <see cref="requires_grad"/> and returns the tensor.</summary>
        public Tensor with_requires_grad(bool value = true) => requires_grad_(value);

        /// <summary>
        /// Adds the derivatives of this tensor with respect to every leaf it depends on to their <see cref="grad"/>.
        /// </summary>
        /// <param name="grad_tensors">What to start from, one of this tensor's shape; may be left out for a single number.</param>
        /// <param name="retain_graph">Keep what backward needs, for another call.</param>
        /// <param name="create_graph">Make the gradients differentiable themselves.</param>
        public unsafe void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false)
        {
            var output = Handle;
            nint gradient = grad_tensors is { Count: > 0 } ? grad_tensors[0].Handle : 0;
            Native.Check(Native.planet_torch_backward(&output, gradient == 0 ? null : &gradient, 1, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, null, 0));
            GC.KeepAlive(this);
            GC.KeepAlive(grad_tensors);
        }

        /// <summary>Hands the tensor to the scope around its own.</summary>
        /// <returns>The tensor itself.</returns>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of its scope: whoever holds it disposes it.</summary>
        /// <returns>The tensor itself.</returns>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Another tensor object over the same memory and history.</summary>
        public Tensor alias()
        {
            var same = Native.planet_torch_alias(Handle);
            GC.KeepAlive(this);
            return Own(same);
        }

        /// <summary>Makes this tensor use another's memory, type and device; every holder of this tensor sees it.</summary>
        public void set_data(Tensor source)
        {
            Native.Check(Native.planet_torch_set_data(Handle, source.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(source);
        }

        /// <summary>Frees the tensor.</summary>
        public void Dispose()
        {
            Dispose(disposing: true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Type, shape and device, and the values of a small tensor.</summary>
        public override string ToString()
        {
            if (IsInvalid) return "a freed tensor";
            var text = $"{dtype} [{string.Join(", ", shape)}] on {device}";
            if (numel() is 0 or > 16) return text;
            using var scope = NewDisposeScope();
            return $"{text}: {string.Join(", ", to(ScalarType.Float64).data<double>().ToArray())}";
        }

        internal static Tensor Own(nint handle)
        {
            var tensor = new Tensor(handle);
            DisposeScope.Current?.Include(tensor);
            return tensor;
        }

        private protected virtual void Dispose(bool disposing)
        {
            OwningDisposeScope?.Remove(this);
            Release();
        }

        private void Release()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0) return;
            Native.planet_torch_release(handle);
            Interlocked.Decrement(ref s_count);
        }
    }
}
