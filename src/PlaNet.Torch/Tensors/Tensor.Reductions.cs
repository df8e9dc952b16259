using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    // No overload takes an element type alone, as TorchSharp's do: x.sum(0) would choose it, since 0 is also an enum's first value.
    public partial class Tensor
    {
        /// <summary>The sum of all elements.</summary>
        public Tensor sum() => Ops.sum.Invoke(this);

        /// <summary>The sum over one dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Invoke(this, new[] { dim }, keepdim, type);

        /// <summary>The sum over several dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList.Invoke(this, dim, keepdim, type);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Ops.mean.Invoke(this);

        /// <summary>The mean over several dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Ops.mean_dim.Invoke(this, dimensions, keepdim, type);

        /// <summary>The mean over one dimension.</summary>
        public Tensor mean(long dim, bool keepdim = false, ScalarType? type = null) => Ops.mean_dim.Invoke(this, new[] { dim }, keepdim, type);

        /// <summary>The variance of all elements, divided by count - 1 if unbiased.</summary>
        public Tensor var(bool unbiased = true) => Ops.var.Invoke(this, unbiased);

        /// <summary>The variance over one dimension.</summary>
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false) => Ops.var_dim.Invoke(this, new[] { dim }, unbiased, keepdim);

        /// <summary>The variance over several dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false) => Ops.var_dim.Invoke(this, dimensions, unbiased, keepdim);

        /// <summary>The standard deviation of all elements, divided by count - 1 if unbiased.</summary>
        public Tensor std(bool unbiased = true) => Ops.std.Invoke(this, unbiased);

        /// <summary>The standard deviation over one dimension.</summary>
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false) => Ops.std_dim.Invoke(this, new[] { dim }, unbiased, keepdim);

        /// <summary>The standard deviation over several dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false) => Ops.std_dim.Invoke(this, dimensions, unbiased, keepdim);

        /// <summary>The greatest element over dimensions; equal ones share the gradient.</summary>
        public Tensor amax(long[] dims, bool keepdim = false) => Ops.amax.Invoke(this, dims, keepdim);

        /// <summary>The least element over dimensions; equal ones share the gradient.</summary>
        public Tensor amin(long[] dims, bool keepdim = false) => Ops.amin.Invoke(this, dims, keepdim);

        /// <summary>The greatest of all elements.</summary>
        public Tensor max() => Ops.max.Invoke(this);

        /// <summary>The greatest elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Ops.max_dim.InvokePair(this, dim, keepdim);

        /// <summary>The least of all elements.</summary>
        public Tensor min() => Ops.min.Invoke(this);

        /// <summary>The least elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Ops.min_dim.InvokePair(this, dim, keepdim);

        /// <summary>The place of the greatest element in the flattened tensor.</summary>
        public Tensor argmax() => Ops.argmax.Invoke(this);

        /// <summary>The place of the greatest element along a dimension.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Ops.argmax.Invoke(this, dim, keepdim);

        /// <summary>The place of the least element in the flattened tensor.</summary>
        public Tensor argmin() => Ops.argmin.Invoke(this);

        /// <summary>The place of the least element along a dimension.</summary>
        public Tensor argmin(long dim, bool keepdim = false) => Ops.argmin.Invoke(this, dim, keepdim);

        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(float p = 2) => Ops.norm_Scalar.Invoke(this, (double)p);

        /// <summary>The p-norm over one dimension.</summary>
        public Tensor norm(long dim, bool keepdim = false, float p = 2) => Ops.norm_ScalarOpt_dim.Invoke(this, (double)p, new[] { dim }, keepdim);

        /// <summary>Running sums along a dimension.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) => Ops.cumsum.Invoke(this, dim, type);

        /// <summary>ln of the sum of e^x over a dimension.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => Ops.logsumexp.Invoke(this, new[] { dim }, keepdim);

        /// <summary>e^x over its sum along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.softmax_int.Invoke(this, dim, dtype);

        /// <summary>The product of all elements.</summary>
        public Tensor prod() => Ops.prod.Invoke(this);

        /// <summary>The product over one dimension.</summary>
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Ops.prod_dim_int.Invoke(this, dim, keepdim, type);

        /// <summary>Whether any element is not zero.</summary>
        public Tensor any() => Ops.any.Invoke(this);

        /// <summary>Whether any element is not zero along a dimension.</summary>
        public Tensor any(long dim, bool keepdim = false) => Ops.any_dim.Invoke(this, dim, keepdim);

        /// <summary>Whether all elements are not zero.</summary>
        public Tensor all() => Ops.all.Invoke(this);

        /// <summary>Whether all elements are not zero along a dimension.</summary>
        public Tensor all(long dim, bool keepdim = false) => Ops.all_dim.Invoke(this, dim, keepdim);

        /// <summary>The k greatest (or least) elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Ops.topk.InvokePair(this, (long)k, (long)dim, largest, sorted);

        /// <summary>The elements in order along a dimension, and where they were.</summary>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => Ops.sort_stable.InvokePair(this, stable, dim, descending);

        /// <summary>Where the elements in order along a dimension are.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => Ops.argsort.Invoke(this, dim, descending);

        /// <summary>The matrix product over the last two dimensions, broadcast over the others.</summary>
        public Tensor matmul(Tensor other) => Ops.matmul.Invoke(this, other);

        /// <summary>The product of two matrices: [n, m] and [m, p].</summary>
        public Tensor mm(Tensor other) => Ops.mm.Invoke(this, other);

        /// <summary>Products of two stacks of matrices: [b, n, m] and [b, m, p].</summary>
        public Tensor bmm(Tensor other) => Ops.bmm.Invoke(this, other);

        /// <summary>The product of a matrix [n, m] and a vector [m].</summary>
        public Tensor mv(Tensor vector) => Ops.mv.Invoke(this, vector);

        /// <summary>The inner product of two vectors.</summary>
        public Tensor dot(Tensor other) => Ops.dot.Invoke(this, other);

        /// <summary>The outer product of two vectors: [n, m].</summary>
        public Tensor outer(Tensor other) => Ops.outer.Invoke(this, other);

        /// <summary>beta times this plus alpha times the product of two matrices.</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.addmm.Invoke(this, mat1, mat2, (double)beta, (double)alpha);
    }
}
