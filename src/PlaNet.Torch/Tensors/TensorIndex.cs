using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    /// <summary>One entry of an index: a number, a range, a new dimension, an ellipsis, or a tensor of places or truth values.</summary>
    public readonly struct TensorIndex
    {
        private TensorIndex(Form form, long start = 0, long? stop = null, long step = 1, Tensor? tensor = null)
        {
            Kind = form;
            Start = start;
            Stop = stop;
            Step = step;
            Places = tensor;
        }

        internal enum Form
        {
            Slice,
            Single,
            Null,
            Ellipsis,
            Tensor,
        }

        /// <summary>As many whole dimensions as the other entries leave over.</summary>
        public static TensorIndex Ellipsis { get; } = new(Form.Ellipsis);

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex Null { get; } = new(Form.Null);

        /// <summary>A whole dimension.</summary>
        public static TensorIndex Colon { get; } = new(Form.Slice);

        internal Form Kind { get; }

        internal long Start { get; }

        internal long? Stop { get; }

        internal long Step { get; }

        internal Tensor? Places { get; }

        /// <summary>start, start + step, ... below stop; negative numbers count from the end.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Form.Slice, start ?? 0, stop, step ?? 1);

        /// <summary>One entry; the dimension goes away.</summary>
        public static TensorIndex Single(long index) => new(Form.Single, index);

        /// <summary>The places a tensor names, or where it is true.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new(Form.Tensor, tensor: tensor);

        /// <summary>One entry; the dimension goes away.</summary>
        public static implicit operator TensorIndex(long index) => Single(index);

        /// <summary>One entry, <c>^n</c> from the end; the dimension goes away.</summary>
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        /// <summary>A range; <c>^n</c> counts from the end.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End is { IsFromEnd: true, Value: 0 } ? null : range.End.IsFromEnd ? -range.End.Value : range.End.Value);

        /// <summary>The places a tensor names, or where it is true.</summary>
        public static implicit operator TensorIndex(Tensor tensor) => Tensor(tensor);
    }

    public partial class Tensor
    {
        /// <summary>
        /// Part of the tensor, a view unless tensors index it. Setting writes into this tensor.
        /// </summary>
        /// <param name="indices">One entry a dimension from the first on.</param>
        public Tensor this[params ReadOnlySpan<TensorIndex> indices]
        {
            get
            {
                var (view, places, owned) = Basic(indices);
                if (places is null) return owned ? view : view.alias();
                var picked = Ops.index_Tensor.Invoke(view, Arg.Optional(places));
                if (owned) view.Dispose();
                return picked;
            }

            set
            {
                var (view, places, owned) = Basic(indices);
                if (places is null)
                {
                    view.copy_(value);
                }
                else
                {
                    Ops.index_put_.Run(view, Arg.Optional(places), value);
                }

                if (owned) view.Dispose();
            }
        }

        // Numbers, ranges and new dimensions become a view; tensors are left, each at its dimension of that view.
        private (Tensor View, Tensor?[]? Places, bool Owned) Basic(ReadOnlySpan<TensorIndex> indices)
        {
            var taken = 0;
            foreach (var index in indices)
            {
                taken += index.Kind switch
                {
                    TensorIndex.Form.Null or TensorIndex.Form.Ellipsis => 0,
                    TensorIndex.Form.Tensor when index.Places!.dtype == ScalarType.Bool => (int)index.Places.Dimensions,
                    _ => 1,
                };
            }

            var view = this;
            var dim = 0;
            var places = new List<Tensor?>();
            foreach (var index in indices)
            {
                switch (index.Kind)
                {
                    case TensorIndex.Form.Ellipsis:
                        dim += (int)Dimensions - taken;
                        break;
                    case TensorIndex.Form.Null:
                        Replace(view.unsqueeze(dim++));
                        break;
                    case TensorIndex.Form.Single:
                        Replace(view.select(dim, index.Start));
                        break;
                    case TensorIndex.Form.Slice:
                        if (index is not { Start: 0, Stop: null, Step: 1 }) Replace(view.slice(dim, index.Start, index.Stop ?? long.MaxValue, index.Step));
                        dim++;
                        break;
                    case TensorIndex.Form.Tensor:
                        while (places.Count < dim) places.Add(null);
                        places.Add(index.Places);
                        dim += index.Places!.dtype == ScalarType.Bool ? (int)index.Places.Dimensions : 1;
                        break;
                }
            }

            return (view, places.Count == 0 ? null : [.. places], !ReferenceEquals(view, this));

            void Replace(Tensor next)
            {
                if (!ReferenceEquals(view, this)) view.Dispose();
                view = next;
            }
        }
    }
}
