namespace PlaNet.Properties

open System
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Tensors
open TorchSharp

type Tensor = torch.Tensor

/// Overloads for numbers: TorchSharp's operators take a Scalar or a Tensor, and F# cannot choose because a number converts to both.
[<AutoOpen>]
module NumbersAsScalars =

    type torch.Tensor with

        member tensor.add(number: float) = tensor.add (Scalar.op_Implicit number: Scalar)
        member tensor.sub(number: float) = tensor.sub (Scalar.op_Implicit number: Scalar)
        member tensor.mul(number: float) = tensor.mul (Scalar.op_Implicit number: Scalar)
        member tensor.gt(number: float) = tensor.gt (Scalar.op_Implicit number: Scalar)

        member tensor.clamp(low: float, high: float) =
            tensor.clamp (min = (Scalar.op_Implicit low: Scalar), max = (Scalar.op_Implicit high: Scalar))

/// Conversions between tensors and numbers, and the comparisons that laws use.
[<AutoOpen>]
module Numbers =

    let f32 = torch.ScalarType.Float32
    let f64 = torch.ScalarType.Float64

    /// A tensor of 64-bit numbers, [n].
    let vector (values: float seq) = torch.tensor (Array.ofSeq values)

    let cast (kind: torch.ScalarType) (tensor: Tensor) = tensor.``to`` kind

    /// All numbers of a tensor in C order. Empty tensors are handled separately because TorchSharp cannot read them.
    let numbers (tensor: Tensor) =
        if tensor.numel () = 0L then [||] else (tensor.detach () |> cast f64).contiguous().data<float>().ToArray()

    let number (tensor: Tensor) = tensor.ToDouble()

    /// Standard normal numbers from a seed.
    let gaussian (kind: torch.ScalarType) (seed: uint64) (shape: int64 list) =
        use generator = new torch.Generator(seed)
        torch.randn (Array.ofList shape, dtype = kind, generator = generator)

    /// Uniform numbers in [0, 1) from a seed.
    let uniform (kind: torch.ScalarType) (seed: uint64) (shape: int64 list) =
        use generator = new torch.Generator(seed)
        torch.rand (Array.ofList shape, dtype = kind, generator = generator)

    let require condition (message: string) =
        if not condition then failwith message

    /// |actual - expected| is at most tolerance times the larger of 1 and |expected|; false for NaN.
    let near tolerance (expected: float) (actual: float) =
        abs (actual - expected) <= tolerance * max 1.0 (abs expected)

    let requireNear what tolerance expected actual =
        require (near tolerance expected actual) $"{what}: expected {expected:R}, got {actual:R}, which differ by more than {tolerance}"

    let requireAllNear what tolerance (expected: float[]) (actual: float[]) =
        require (expected.Length = actual.Length) $"{what}: expected {expected.Length} numbers, got {actual.Length}"
        Array.iteri2 (fun i e a -> requireNear $"{what}[{i}]" tolerance e a) expected actual

    /// Requires equal shapes and bitwise equal numbers.
    let requireEqual what (expected: Tensor) (actual: Tensor) =
        let first tensor = numbers tensor |> Seq.truncate 8 |> List.ofSeq
        require (expected.SameAs actual) $"{what}: {first expected} became {first actual}"

    /// The first parameter of a module whose name ends with the given parts.
    let parameter (ending: string) (owner: torch.nn.Module) =
        let struct (_, found) =
            owner.named_parameters ()
            |> Seq.find (fun (struct (name, _)) -> name = ending || name.EndsWith("." + ending, StringComparison.Ordinal))

        found

    let private derived keepGraph (value: Tensor) (leaves: Tensor seq) =
        let leaves = Array.ofSeq leaves
        for leaf in leaves do leaf.grad <- null
        value.backward (retain_graph = keepGraph)

        [ for leaf in leaves do
              leaf.grad |> Option.ofObj |> Option.map numbers
              leaf.grad <- null ]

    /// The derivatives of a number with respect to leaves; None for a leaf that it does not depend on. TorchSharp's autograd.grad would
    /// crash the process at such a leaf.
    let derivatives value leaves = derived false value leaves

    /// Like derivatives, but keeps the graph for further derivatives.
    let derivativesOfPart value leaves = derived true value leaves

    /// Sets all numbers of a tensor, without a gradient.
    let fill (value: float) (tensor: Tensor) =
        use _ = torch.no_grad ()
        tensor.fill_ value |> ignore
