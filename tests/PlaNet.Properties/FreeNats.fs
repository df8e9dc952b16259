module PlaNet.Properties.FreeNats

open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Torch
open Xunit

// Seen to fail when FreeNats was max(free, divergence), and when it let a thousandth of the divergence through.
[<Fact>]
let ``property 14: within the free nats loss and gradient are exactly zero, beyond them the gradient is the plain one`` () =
    let inputs = Input.quadruple Input.seed (Input.integer 1 4) (Input.integer 1 4) (Input.oneOf [ 0.3; 0.1; 1.0; 3.0 ])

    Law.holds 60 inputs (fun (seed, batch, time, spread) ->
        let shape = [ int64 batch; int64 time; 5L ]
        let mean offset = ((gaussian f64 (seed + offset) shape).mul spread).requires_grad_ ()
        let stddev offset = ((uniform f64 (seed + offset) shape).mul(0.5).add 0.75).requires_grad_ ()
        let leaves = [| mean 0uL; stddev 1uL; mean 2uL; stddev 3uL |]
        let divergence = DiagonalGaussian.Divergence(DiagonalGaussian(leaves[0], leaves[1]), DiagonalGaussian(leaves[2], leaves[3]))
        let loss = Objective.FreeNats(divergence, 3.0)

        let gradients (of': Tensor) =
            torch.autograd.grad ([| of'.mean () |], leaves, retain_graph = true)
            |> Seq.map (fun g -> numbers (nonNull g) |> Array.chunkBySize 5)
            |> List.ofSeq

        let free, plain = gradients loss, gradients divergence

        numbers divergence
        |> Array.iteri (fun element nats ->
            require ((numbers loss)[element] = max 0.0 (nats - 3.0)) $"{nats} nats cost {(numbers loss)[element]}"

            for freeGradient, plainGradient in List.zip free plain do
                if nats <= 3.0 then
                    let zero = freeGradient[element] |> Array.forall (fun g -> g = 0.0)
                    require zero $"{nats} nats have the gradient {List.ofArray freeGradient[element]}"
                else
                    require (freeGradient[element] = plainGradient[element]) $"at {nats} nats the gradient is not the plain one")

        let edge = (torch.tensor ([| 3.0 |])).requires_grad_ ()
        let slope = torch.autograd.grad ([| Objective.FreeNats(edge, 3.0).sum () |], [| edge |]) |> Seq.head |> nonNull
        require (number slope = 0.0) "exactly 3 nats have a gradient")

// Seen to fail when FreeNats took the free nats from the mean.
[<Fact>]
let ``property 15: free nats are taken from every element and not from the mean`` () =
    requireNear "{0, 6} with 3 free" 1e-12 1.5 (Objective.FreeNats(vector [ 0.0; 6.0 ], 3.0).mean () |> number)

    Law.holds 100 (Input.pair (Input.list 1 20 (Input.real 0.0 12.0)) (Input.real 0.0 6.0)) (fun (nats, free) ->
        let expected = nats |> List.averageBy (fun d -> max 0.0 (d - free))
        requireNear "the mean" 1e-12 expected (Objective.FreeNats(vector nats, free).mean () |> number))

let private requireSameGradients (expected: float[] list) (actual: float[] list) =
    for e, a in List.zip expected actual do
        let largest = e |> Array.map abs |> Array.max
        Array.iter2 (fun x y -> require (abs (x - y) <= 1e-4 * largest + 1e-9) $"a gradient {x} became {y} beside {largest}") e a

/// No free nats, so that small fresh models have a divergence gradient.
let private options image reward divergence =
    ObjectiveOptions(ImageScale = image, RewardScale = reward, DivergenceScale = divergence, FreeNats = 0.0)

// Seen to fail when the reward scale was squared, and when only the batch's first sequence gave a reward loss.
[<Fact>]
let ``property 16: the loss is linear in each scale and does not know the order of the batch`` () =
    let scale = Input.real 0.0 10.0
    let inputs = Input.triple Input.seed (Input.pair (Input.integer 2 3) (Input.integer 1 3)) (Input.triple scale scale scale)

    Law.holds 10 inputs (fun (seed, (size, time), (image, reward, divergence)) ->
        use model = Small.model f32 seed 2 (2, 3, 4)
        let batch = Small.batch f32 seed size time model
        let terms = Small.objective model (options image reward divergence) batch
        let expected = image * number terms.Image + reward * number terms.Reward + divergence * number terms.Divergence
        requireNear "the weighted sum" 1e-5 expected (number terms.Total)
        let loss, gradients = Small.lossAndGradients model (options image reward divergence) batch
        let flippedLoss, flippedGradients = Small.lossAndGradients model (options image reward divergence) (batch.Map(fun t -> t.flip 0L))
        requireNear "the loss of the batch in another order" 1e-5 loss flippedLoss
        requireSameGradients gradients flippedGradients)

// Seen to fail when the image loss was the sum over frames instead of the mean.
[<Fact>]
let ``property 17: a batch beside itself has the same loss and gradient`` () =
    let inputs = Input.triple Input.seed (Input.integer 1 2) (Input.integer 1 3)

    Law.holds 10 inputs (fun (seed, size, time) ->
        use model = Small.model f32 seed 2 (2, 3, 4)
        let batch = Small.batch f32 seed size time model
        let loss, gradients = Small.lossAndGradients model (options 1.0 10.0 1.0) batch
        let twiceLoss, twiceGradients = Small.lossAndGradients model (options 1.0 10.0 1.0) (batch.Map(fun t -> torch.cat ([| t; t |], 0L)))
        requireNear "the loss" 1e-5 loss twiceLoss
        requireSameGradients gradients twiceGradients)
