namespace PlaNet.Properties

open System
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Torch

type Tensor = torch.Tensor

/// Tensors from numbers and back, and the comparisons that laws make.
[<AutoOpen>]
module Numbers =

    let f32 = torch.ScalarType.Float32
    let f64 = torch.ScalarType.Float64

    /// A tensor of 64-bit numbers, [n].
    let vector (values: float seq) = torch.tensor (Array.ofSeq values)

    let cast (kind: torch.ScalarType) (tensor: Tensor) = tensor.``to`` kind

    /// All numbers of a tensor in C order.
    let numbers (tensor: Tensor) =
        (tensor.detach () |> cast f64).contiguous().data<float>().ToArray()

    let number (tensor: Tensor) = tensor.ToDouble()

    /// Standard normal numbers of a seed.
    let gaussian (kind: torch.ScalarType) (seed: uint64) (shape: int64 list) =
        use generator = new torch.Generator(seed)
        torch.randn (Array.ofList shape, dtype = kind, generator = generator)

    /// Uniform numbers in [0, 1) of a seed.
    let uniform (kind: torch.ScalarType) (seed: uint64) (shape: int64 list) =
        use generator = new torch.Generator(seed)
        torch.rand (Array.ofList shape, dtype = kind, generator = generator)

    let require condition (message: string) =
        if not condition then failwith message

    /// |actual - expected| is at most tolerance times the larger of 1 and |expected|; never true of NaN.
    let near tolerance (expected: float) (actual: float) =
        abs (actual - expected) <= tolerance * max 1.0 (abs expected)

    let requireNear what tolerance expected actual =
        require (near tolerance expected actual) $"{what}: expected {expected:R}, got {actual:R}, which differ by more than {tolerance}"

    let requireAllNear what tolerance (expected: float[]) (actual: float[]) =
        require (expected.Length = actual.Length) $"{what}: expected {expected.Length} numbers, got {actual.Length}"
        Array.iteri2 (fun i e a -> requireNear $"{what}[{i}]" tolerance e a) expected actual

    /// The same numbers in the same shape, bit for bit.
    let requireEqual what (expected: Tensor) (actual: Tensor) =
        let first tensor = numbers tensor |> Seq.truncate 8 |> List.ofSeq
        require (torch.equal (expected, actual)) $"{what}: {first expected} became {first actual}"

    /// A parameter of a module by the end of its name.
    let parameter (ending: string) (owner: torch.nn.Module) =
        let struct (_, found) =
            owner.named_parameters ()
            |> Seq.find (fun (struct (name, _)) -> name = ending || name.EndsWith("." + ending, StringComparison.Ordinal))

        found

    /// Overwrites a tensor's numbers.
    let fill (value: float) (tensor: Tensor) =
        use _ = torch.no_grad ()
        tensor.fill_ value |> ignore
