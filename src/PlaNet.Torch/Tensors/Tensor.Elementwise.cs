using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
#pragma warning disable CA2225 // operators have their named form in add, sub, mul, div, lt, ...
    public partial class Tensor
    {
        /// <summary>The e to the power of every element.</summary>
        public Tensor exp() => Ops.exp.Invoke(this);

        /// <summary>The e to the power of every element, in place.</summary>
        public Tensor exp_() => Ops.exp_.InvokeInPlace(this);

        /// <summary>The natural logarithm of every element.</summary>
        public Tensor log() => Ops.log.Invoke(this);

        /// <summary>The natural logarithm of every element, in place.</summary>
        public Tensor log_() => Ops.log_.InvokeInPlace(this);

        /// <summary>The ln(1 + x) of every element.</summary>
        public Tensor log1p() => Ops.log1p.Invoke(this);

        /// <summary>The e^x - 1 of every element.</summary>
        public Tensor expm1() => Ops.expm1.Invoke(this);

        /// <summary>The square root of every element.</summary>
        public Tensor sqrt() => Ops.sqrt.Invoke(this);

        /// <summary>The square root of every element, in place.</summary>
        public Tensor sqrt_() => Ops.sqrt_.InvokeInPlace(this);

        /// <summary>The one over the square root of every element.</summary>
        public Tensor rsqrt() => Ops.rsqrt.Invoke(this);

        /// <summary>The one over the square root of every element, in place.</summary>
        public Tensor rsqrt_() => Ops.rsqrt_.InvokeInPlace(this);

        /// <summary>The magnitude of every element.</summary>
        public Tensor abs() => Ops.abs.Invoke(this);

        /// <summary>The magnitude of every element, in place.</summary>
        public Tensor abs_() => Ops.abs_.InvokeInPlace(this);

        /// <summary>The every element with its sign changed.</summary>
        public Tensor neg() => Ops.neg.Invoke(this);

        /// <summary>The every element with its sign changed, in place.</summary>
        public Tensor neg_() => Ops.neg_.InvokeInPlace(this);

        /// <summary>The greatest integer not above every element.</summary>
        public Tensor floor() => Ops.floor.Invoke(this);

        /// <summary>The greatest integer not above every element, in place.</summary>
        public Tensor floor_() => Ops.floor_.InvokeInPlace(this);

        /// <summary>The least integer not below every element.</summary>
        public Tensor ceil() => Ops.ceil.Invoke(this);

        /// <summary>The nearest integer of every element, halves to even.</summary>
        public Tensor round() => Ops.round.Invoke(this);

        /// <summary>The nearest integer of every element, halves to even, in place.</summary>
        public Tensor round_() => Ops.round_.InvokeInPlace(this);

        /// <summary>The -1, 0 or 1 by the sign of every element.</summary>
        public Tensor sign() => Ops.sign.Invoke(this);

        /// <summary>The hyperbolic tangent of every element.</summary>
        public Tensor tanh() => Ops.tanh.Invoke(this);

        /// <summary>The hyperbolic tangent of every element, in place.</summary>
        public Tensor tanh_() => Ops.tanh_.InvokeInPlace(this);

        /// <summary>The 1 / (1 + e^-x) of every element.</summary>
        public Tensor sigmoid() => Ops.sigmoid.Invoke(this);

        /// <summary>The 1 / (1 + e^-x) of every element, in place.</summary>
        public Tensor sigmoid_() => Ops.sigmoid_.InvokeInPlace(this);

        /// <summary>The max(0, x) of every element.</summary>
        public Tensor relu() => Ops.relu.Invoke(this);

        /// <summary>The max(0, x) of every element, in place.</summary>
        public Tensor relu_() => Ops.relu_.InvokeInPlace(this);

        /// <summary>The sine of every element.</summary>
        public Tensor sin() => Ops.sin.Invoke(this);

        /// <summary>The cosine of every element.</summary>
        public Tensor cos() => Ops.cos.Invoke(this);

        /// <summary>The error function of every element.</summary>
        public Tensor erf() => Ops.erf.Invoke(this);

        /// <summary>The square of every element.</summary>
        public Tensor square() => Ops.square.Invoke(this);

        /// <summary>The square of every element, in place.</summary>
        public Tensor square_() => Ops.square_.InvokeInPlace(this);

        /// <summary>The one over every element.</summary>
        public Tensor reciprocal() => Ops.reciprocal.Invoke(this);

        /// <summary>The one over every element, in place.</summary>
        public Tensor reciprocal_() => Ops.reciprocal_.InvokeInPlace(this);

        /// <summary>Tells whether every element is neither infinite nor NaN.</summary>
        public Tensor isfinite() => Ops.isfinite.Invoke(this);

        /// <summary>Tells whether every element is NaN.</summary>
        public Tensor isnan() => Ops.isnan.Invoke(this);

        /// <summary>Tells whether every element is infinite.</summary>
        public Tensor isinf() => Ops.isinf.Invoke(this);

        /// <summary>Tells whether every element is zero.</summary>
        public Tensor logical_not() => Ops.logical_not.Invoke(this);

        /// <summary>The x sigmoid(x) of every element.</summary>
        public Tensor silu() => Ops.silu.Invoke(this);

        /// <summary>The x sigmoid(x) of every element, in place.</summary>
        public Tensor silu_() => Ops.silu_.InvokeInPlace(this);

        /// <summary>Whether each element is equal to the other's.</summary>
        public Tensor eq(Tensor other) => Ops.eq_Tensor.Invoke(this, other);

        /// <summary>Whether each element is equal to the number.</summary>
        public Tensor eq(Scalar other) => Ops.eq_Scalar.Invoke(this, other);

        /// <summary>Whether each element is not equal to the other's.</summary>
        public Tensor ne(Tensor other) => Ops.ne_Tensor.Invoke(this, other);

        /// <summary>Whether each element is not equal to the number.</summary>
        public Tensor ne(Scalar other) => Ops.ne_Scalar.Invoke(this, other);

        /// <summary>Whether each element is less than the other's.</summary>
        public Tensor lt(Tensor other) => Ops.lt_Tensor.Invoke(this, other);

        /// <summary>Whether each element is less than the number.</summary>
        public Tensor lt(Scalar other) => Ops.lt_Scalar.Invoke(this, other);

        /// <summary>Whether each element is at most the other's.</summary>
        public Tensor le(Tensor other) => Ops.le_Tensor.Invoke(this, other);

        /// <summary>Whether each element is at most the number.</summary>
        public Tensor le(Scalar other) => Ops.le_Scalar.Invoke(this, other);

        /// <summary>Whether each element is greater than the other's.</summary>
        public Tensor gt(Tensor other) => Ops.gt_Tensor.Invoke(this, other);

        /// <summary>Whether each element is greater than the number.</summary>
        public Tensor gt(Scalar other) => Ops.gt_Scalar.Invoke(this, other);

        /// <summary>Whether each element is at least the other's.</summary>
        public Tensor ge(Tensor other) => Ops.ge_Tensor.Invoke(this, other);

        /// <summary>Whether each element is at least the number.</summary>
        public Tensor ge(Scalar other) => Ops.ge_Scalar.Invoke(this, other);

        /// <summary>Element by element: less.</summary>
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        /// <summary>Element by element: less.</summary>
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        /// <summary>Element by element: at most.</summary>
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        /// <summary>Element by element: at most.</summary>
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        /// <summary>Element by element: greater.</summary>
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        /// <summary>Element by element: greater.</summary>
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        /// <summary>Element by element: at least.</summary>
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        /// <summary>Element by element: at least.</summary>
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        /// <summary>The product with another tensor, broadcast.</summary>
        public Tensor mul(Tensor other) => Ops.mul_Tensor.Invoke(this, other);

        /// <summary>The product with a number.</summary>
        public Tensor mul(Scalar other) => Ops.mul_Scalar.Invoke(this, other);

        /// <summary>The product with another tensor, in place.</summary>
        public Tensor mul_(Tensor other) => Ops.mul__Tensor.InvokeInPlace(this, other);

        /// <summary>The product with a number, in place.</summary>
        public Tensor mul_(Scalar other) => Ops.mul__Scalar.InvokeInPlace(this, other);

        /// <summary>The quotient with another tensor, broadcast.</summary>
        public Tensor div(Tensor other) => Ops.div_Tensor.Invoke(this, other);

        /// <summary>The quotient with a number.</summary>
        public Tensor div(Scalar other) => Ops.div_Scalar.Invoke(this, other);

        /// <summary>The quotient with another tensor, in place.</summary>
        public Tensor div_(Tensor other) => Ops.div__Tensor.InvokeInPlace(this, other);

        /// <summary>The quotient with a number, in place.</summary>
        public Tensor div_(Scalar other) => Ops.div__Scalar.InvokeInPlace(this, other);

        /// <summary>The sum with another tensor, broadcast.</summary>
        public Tensor add(Tensor other) => Ops.add_Tensor.Invoke(this, other);

        /// <summary>The sum with alpha times another tensor, broadcast.</summary>
        public Tensor add(Tensor other, Scalar alpha) => Ops.add_Tensor.Invoke(this, other, alpha);

        /// <summary>The sum with a number.</summary>
        public Tensor add(Scalar other) => Ops.add_Scalar.Invoke(this, other);

        /// <summary>The sum with another tensor, in place.</summary>
        public Tensor add_(Tensor other) => Ops.add__Tensor.InvokeInPlace(this, other);

        /// <summary>The sum with alpha times another tensor, in place.</summary>
        public Tensor add_(Tensor other, Scalar alpha) => Ops.add__Tensor.InvokeInPlace(this, other, alpha);

        /// <summary>The sum with a number, in place.</summary>
        public Tensor add_(Scalar other) => Ops.add__Scalar.InvokeInPlace(this, other);

        /// <summary>The difference with another tensor, broadcast.</summary>
        public Tensor sub(Tensor other) => Ops.sub_Tensor.Invoke(this, other);

        /// <summary>The difference with alpha times another tensor, broadcast.</summary>
        public Tensor sub(Tensor other, Scalar alpha) => Ops.sub_Tensor.Invoke(this, other, alpha);

        /// <summary>The difference with a number.</summary>
        public Tensor sub(Scalar other) => Ops.sub_Scalar.Invoke(this, other);

        /// <summary>The difference with another tensor, in place.</summary>
        public Tensor sub_(Tensor other) => Ops.sub__Tensor.InvokeInPlace(this, other);

        /// <summary>The difference with alpha times another tensor, in place.</summary>
        public Tensor sub_(Tensor other, Scalar alpha) => Ops.sub__Tensor.InvokeInPlace(this, other, alpha);

        /// <summary>The difference with a number, in place.</summary>
        public Tensor sub_(Scalar other) => Ops.sub__Scalar.InvokeInPlace(this, other);

        /// <summary>Element by element: sum.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        /// <summary>Element by element: sum.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        /// <summary>Element by element: sum.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        /// <summary>Element by element: difference.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        /// <summary>Element by element: difference.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        /// <summary>Element by element: difference.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => Ops.rsub_Scalar.Invoke(right, left);

        /// <summary>Element by element: product.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        /// <summary>Element by element: product.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        /// <summary>Element by element: product.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        /// <summary>Element by element: quotient.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        /// <summary>Element by element: quotient.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        /// <summary>Element by element: quotient.</summary>
        public static Tensor operator /(Scalar left, Tensor right) => Ops.mul_Scalar.Invoke(right.reciprocal(), left);

        /// <summary>Every element with its sign changed.</summary>
        public static Tensor operator -(Tensor value) => value.neg();

        /// <summary>Element by element the greater of two tensors, broadcast.</summary>
        public Tensor maximum(Tensor other) => Ops.maximum.Invoke(this, other);

        /// <summary>Element by element the lesser of two tensors, broadcast.</summary>
        public Tensor minimum(Tensor other) => Ops.minimum.Invoke(this, other);

        /// <summary>Element by element: and of two conditions.</summary>
        public Tensor logical_and(Tensor other) => Ops.logical_and.Invoke(this, other);

        /// <summary>Element by element: or of two conditions.</summary>
        public Tensor logical_or(Tensor other) => Ops.logical_or.Invoke(this, other);

        /// <summary>Every element raised to a power.</summary>
        public Tensor pow(Scalar exponent) => Ops.pow_Tensor_Scalar.Invoke(this, exponent);

        /// <summary>Every element raised to the power in another tensor.</summary>
        public Tensor pow(Tensor exponent) => Ops.pow_Tensor_Tensor.Invoke(this, exponent);

        /// <summary>x where x is positive, alpha (e^x - 1) elsewhere.</summary>
        public Tensor elu(double alpha = 1) => Ops.elu.Invoke(this, alpha);

        /// <summary>ln(1 + e^(beta x)) / beta, and x itself where beta x is above the threshold.</summary>
        public Tensor softplus(double beta = 1, double threshold = 20) => Ops.softplus.Invoke(this, beta, threshold);

        /// <summary>Every element brought into [min, max].</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Ops.clamp.Invoke(this, min, max);

        /// <summary>Every element brought into [min, max], in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Ops.clamp_.InvokeInPlace(this, min, max);

        /// <summary>Every element brought between those of two tensors.</summary>
        public Tensor clamp(Tensor? min, Tensor? max) => Ops.clamp_Tensor.Invoke(this, min, max);

        /// <summary>Every element raised to at least min.</summary>
        public Tensor clamp_min(Scalar min) => Ops.clamp_min.Invoke(this, min);

        /// <summary>Every element lowered to at most max.</summary>
        public Tensor clamp_max(Scalar max) => Ops.clamp_max.Invoke(this, max);

        /// <summary>The tensor with the value where the mask is true.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => Ops.masked_fill_Scalar.Invoke(this, mask, value);

        /// <summary>Writes the value where the mask is true.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value) => Ops.masked_fill__Scalar.InvokeInPlace(this, mask, value);

        /// <summary>This where the condition holds, the other elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor other) => Ops.where_self.Invoke(condition, this, other);

        /// <summary>this + weight (end - this).</summary>
        public Tensor lerp(Tensor end, Tensor weight) => Ops.lerp_Tensor.Invoke(this, end, weight);

        /// <summary>this + weight (end - this).</summary>
        public Tensor lerp(Tensor end, Scalar weight) => Ops.lerp_Scalar.Invoke(this, end, weight);

        /// <summary>this + weight (end - this), in place.</summary>
        public Tensor lerp_(Tensor end, Scalar weight) => Ops.lerp__Scalar.InvokeInPlace(this, end, weight);

        /// <summary>Adds value times the product of two tensors, in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul_.InvokeInPlace(this, tensor1, tensor2, value);

        /// <summary>Adds value times the product of two tensors.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul.Invoke(this, tensor1, tensor2, value);

        /// <summary>Adds value times the quotient of two tensors, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv_.InvokeInPlace(this, tensor1, tensor2, value);

        /// <summary>Adds value times the quotient of two tensors.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv.Invoke(this, tensor1, tensor2, value);

        /// <summary>Writes another tensor, broadcast and converted, into this one.</summary>
        public Tensor copy_(Tensor source, bool non_blocking = false) => Ops.copy_.InvokeInPlace(this, source, non_blocking);

        /// <summary>Writes zeros.</summary>
        public Tensor zero_() => Ops.zero_.InvokeInPlace(this);

        /// <summary>Writes one number everywhere.</summary>
        public Tensor fill_(Scalar value) => Ops.fill__Scalar.InvokeInPlace(this, value);

        /// <summary>Whether each element is within atol + rtol times the other of it.</summary>
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08) => Ops.isclose.Invoke(this, other, rtol, atol);
    }
#pragma warning restore CA2225
}
