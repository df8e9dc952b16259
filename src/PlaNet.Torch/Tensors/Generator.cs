using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    /// <summary>
    /// Seeds libtorch's own generators, which every draw without an explicit generator uses, and returns nothing: give generators explicitly
    /// wherever a run must be repeatable.
    /// </summary>
    public static void manual_seed(long seed) => Native.Check(Native.planet_torch_manual_seed(unchecked((ulong)seed)));

    /// <summary>A source of random numbers that can be saved and put back. One per purpose.</summary>
    public sealed class Generator : IDisposable
    {
        private nint _handle;

        /// <summary>Starts a generator.</summary>
        /// <param name="seed">Equal seeds give equal numbers on equal devices.</param>
        /// <param name="device">The CPU unless given; tensors are drawn on it.</param>
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? torch.CPU;
            _handle = Native.Check(Native.planet_torch_generator(this.device.Packed, seed));
        }

#pragma warning disable MA0055 // native memory that nobody else would free
        /// <summary>Frees the generator if nothing else did.</summary>
        ~Generator() => Release();
#pragma warning restore MA0055

        /// <summary>Where its numbers are drawn.</summary>
        public Device device { get; }

        /// <summary>The seed it was started with.</summary>
        public ulong initial_seed
        {
            get
            {
                Native.Check(Native.planet_torch_generator_initial_seed(Handle, out var seed));
                GC.KeepAlive(this);
                return seed;
            }
        }

        internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        /// <summary>Starts over with a seed.</summary>
        /// <returns>The generator itself.</returns>
        public Generator manual_seed(ulong seed)
        {
            Native.Check(Native.planet_torch_generator_seed(Handle, seed));
            GC.KeepAlive(this);
            return this;
        }

        /// <summary>The whole state as a tensor of bytes (5,056 on the CPU): putting it back continues the stream exactly.</summary>
        public Tensor get_state()
        {
            Native.Check(Native.planet_torch_generator_state(Handle, out var state));
            GC.KeepAlive(this);
            return Tensor.Own(state);
        }

        /// <summary>Puts a saved state back.</summary>
        /// <exception cref="TorchException">The bytes are no state of such a generator.</exception>
        public void set_state(Tensor value)
        {
            Native.Check(Native.planet_torch_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        /// <summary>Frees the generator.</summary>
        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        private void Release()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0) Native.planet_torch_generator_release(handle);
        }
    }
}
