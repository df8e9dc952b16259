using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The same memory without its history.</summary>
        public Tensor detach() => Ops.detach.Invoke(this);

        /// <summary>A copy, with history.</summary>
        public Tensor clone() => Ops.clone.Invoke(this);

        /// <summary>The matrix with its two dimensions swapped; a view.</summary>
        public Tensor t() => Ops.t.Invoke(this);

        /// <summary>The part [start, start + length) of a dimension; a view.</summary>
        public Tensor narrow(long dim, long start, long length) => Ops.narrow.Invoke(this, dim, start, length);

        /// <summary>One entry of a dimension, which goes away; a view.</summary>
        public Tensor select(long dim, long index) => Ops.select_int.Invoke(this, dim, index);

        /// <summary>The entries start, start + step, ... below finish of a dimension; a view.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => Ops.slice_Tensor.Invoke(this, dim, start, finish, step);

        /// <summary>A new dimension of size 1; a view.</summary>
        public Tensor unsqueeze(long dim) => Ops.unsqueeze.Invoke(this, dim);

        /// <summary>Without the dimensions of size 1; a view.</summary>
        public Tensor squeeze() => Ops.squeeze.Invoke(this);

        /// <summary>Without that dimension if its size is 1; a view.</summary>
        public Tensor squeeze(long dim) => Ops.squeeze_dim.Invoke(this, dim);

        /// <summary>The same elements in another shape, one size may be -1; a view.</summary>
        public Tensor view(params long[] shape) => Ops.view.Invoke(this, shape);

        /// <summary>The same bytes read as another type; a view.</summary>
        public Tensor view(ScalarType type) => Ops.view_dtype.Invoke(this, type);

        /// <summary>The same elements in another shape, one size may be -1; a view where that is possible.</summary>
        public Tensor reshape(params long[] shape) => Ops.reshape.Invoke(this, shape);

        /// <summary>The dimensions start to end as one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Ops.flatten_using_ints.Invoke(this, start_dim, end_dim);

        /// <summary>One dimension as several whose sizes multiply to it; one size may be -1.</summary>
        public Tensor unflatten(long dim, params long[] sizes) => Unflatten(dim, sizes);

        /// <summary>The dimensions in another order; a view.</summary>
        public Tensor permute(params long[] permutation) => Ops.permute.Invoke(this, permutation);

        /// <summary>Two dimensions swapped; a view.</summary>
        public Tensor transpose(long dim0, long dim1) => Ops.transpose_int.Invoke(this, dim0, dim1);

        /// <summary>The elements densely in that order: this tensor's memory if they are so already, else a copy.</summary>
        public Tensor contiguous(memory_format format = memory_format.contiguous) => Ops.contiguous.Invoke(this, format);

        /// <summary>Dimensions of size 1 repeated without copying, -1 keeps a size; a view.</summary>
        public Tensor expand(params long[] sizes) => Ops.expand.Invoke(this, sizes);

        /// <summary>Expanded to another tensor's shape; a view.</summary>
        public Tensor expand_as(Tensor other) => Ops.expand_as.Invoke(this, other);

        /// <summary>Copies laid side by side, so many along each dimension.</summary>
        public Tensor repeat(params long[] sizes) => Ops.repeat.Invoke(this, sizes);

        /// <summary>Every entry of a dimension (or element of the flattened tensor) repeated in place.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null) => Ops.repeat_interleave_self_int.Invoke(this, repeats, dim);

        /// <summary>Dimensions reversed.</summary>
        public Tensor flip(params long[] dims) => Ops.flip.Invoke(this, dims);

        /// <summary>Entries moved along a dimension, around the end.</summary>
        public Tensor roll(long shifts, long dims) => Ops.roll.Invoke(this, new[] { shifts }, new[] { dims });

        /// <summary>For each index along a dimension, the element there.</summary>
        public Tensor gather(long dim, Tensor index) => Ops.gather.Invoke(this, dim, index);

        /// <summary>A copy with src written to the indexed places.</summary>
        public Tensor scatter(long dim, Tensor index, Tensor src) => Ops.scatter_src.Invoke(this, dim, index, src);

        /// <summary>Writes src to the indexed places.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Ops.scatter__src.InvokeInPlace(this, dim, index, src);

        /// <summary>The entries of a dimension that a vector names.</summary>
        public Tensor index_select(long dim, Tensor index) => Ops.index_select.Invoke(this, dim, index);

        /// <summary>The elements where the mask is true, as a vector.</summary>
        public Tensor masked_select(Tensor mask) => Ops.masked_select.Invoke(this, mask);

        /// <summary>The places that are not zero, one row each.</summary>
        public Tensor nonzero() => Ops.nonzero.Invoke(this);

        /// <summary>Parts of that size along a dimension, the last may be smaller; views.</summary>
        public Tensor[] split(long size, long dim = 0) => Ops.split_Tensor.InvokeList(this, size, dim)!;

        /// <summary>Parts of those sizes along a dimension; views.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => Ops.split_with_sizes.InvokeList(this, sizes, dim)!;

        /// <summary>So many parts along a dimension; views.</summary>
        public Tensor[] chunk(long chunks, long dim = 0) => Ops.chunk.InvokeList(this, chunks, dim)!;

        /// <summary>The entries of a dimension, which goes away; views.</summary>
        public Tensor[] unbind(long dim = 0) => Ops.unbind_int.InvokeList(this, dim)!;

        /// <summary>As another type; the same memory if it is so already.</summary>
        public Tensor to(ScalarType type) => dtype == type ? alias() : Ops.to_dtype.Invoke(this, type);

        /// <summary>On another device; the same memory if it is there already.</summary>
        public Tensor to(Device device) => Ops.to_dtype_layout.Invoke(this, Arg.None, Arg.None, device);

        /// <summary>As another type on another device.</summary>
        public Tensor to(Device device, ScalarType type) => Ops.to_dtype_layout.Invoke(this, type, Arg.None, device);

        /// <summary>The lower triangle of a matrix, zeros above.</summary>
        public Tensor tril(long diagonal = 0) => Ops.tril.Invoke(this, diagonal);

        /// <summary>The upper triangle of a matrix, zeros below.</summary>
        public Tensor triu(long diagonal = 0) => Ops.triu.Invoke(this, diagonal);

        /// <summary>The diagonal of a matrix, or the matrix of a diagonal.</summary>
        public Tensor diag(long diagonal = 0) => Ops.diag.Invoke(this, diagonal);

        /// <summary>As another type; the same memory if it is so already.</summary>
        public Tensor type(ScalarType type) => to(type);

        /// <summary>As another tensor's type.</summary>
        public Tensor type_as(Tensor other) => to(other.dtype);

        /// <summary>As another tensor's type on its device.</summary>
        public Tensor to(Tensor other) => to(other.device, other.dtype);

        /// <summary>On a device by its number; the same memory if it is there already.</summary>
        public Tensor to(DeviceType type, int index = -1) => to(new Device(type, index));

        /// <summary>In main memory; the same memory if it is there already.</summary>
        public Tensor cpu() => to(torch.CPU);

        /// <summary>On a GPU, the first one by default.</summary>
        public Tensor cuda(Device? device = null) => to(device ?? CUDA);

        /// <summary>In another order of memory; the same memory if it is so already.</summary>
        public Tensor to(memory_format format) => contiguous(format);

        private Tensor Unflatten(long dim, long[] sizes)
        {
            var old = shape;
            var at = (int)(dim < 0 ? dim + old.Length : dim);
            return view([.. old[..at], .. sizes, .. old[(at + 1)..]]);
        }
    }
}
