module PlaNet.Properties.FreeNats

open Expecto
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Objectives
open PlaNet.Tensors
open TorchSharp

let private scaled (scales: float list) =
    ObjectiveOptions(
        FreeNats = 0.0,
        ImageScale = scales[0],
        RewardScale = scales[1],
        DivergenceScale = scales[2],
        GlobalDivergenceScale = scales[3],
        OvershootingScale = scales[4],
        OvershootingDistance = 3,
        OvershootingReward = OvershootingReward.Prior,
        OvershootingRewardScale = scales[5],
        ObservationOvershootingScale = scales[6],
        ObservationOvershootingDistance = 2
    )

let tests = testList "FreeNats" [

    let inputs = Input.quadruple Input.seed (Input.integer 1 4) (Input.integer 1 4) (Input.oneOf [ 0.3; 0.1; 1.0; 3.0 ])

    // Seen to fail when FreeNats was max(free, divergence), and when it let a thousandth of the divergence through.
    "property 14: within the free nats loss and gradient are exactly zero, beyond them the gradient is unchanged"
    |> Law.holds 60 inputs (fun (seed, batch, time, spread) ->
        let shape = [ int64 batch; int64 time; 5L ]
        let mean offset = ((gaussian f64 (seed + offset) shape).mul spread).requires_grad_ ()
        let stddev offset = ((uniform f64 (seed + offset) shape).mul(0.5).add 0.75).requires_grad_ ()
        let leaves = [| mean 0uL; stddev 1uL; mean 2uL; stddev 3uL |]
        let divergence = DiagonalGaussian.Divergence(DiagonalGaussian(leaves[0], leaves[1]), DiagonalGaussian(leaves[2], leaves[3]))
        let loss = Objective.FreeNats(divergence, 3.0)

        let gradients (of': Tensor) =
            derivativesOfPart (of'.mean ()) leaves |> List.map (Option.get >> Array.chunkBySize 5)

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
        let slope = derivatives (Objective.FreeNats(edge, 3.0).sum ()) [ edge ]
        require (slope = [ Some [| 0.0 |] ]) "exactly 3 nats have a gradient")

    let inputs = Input.quadruple Input.seed (Input.integer 1 4) (Input.integer 1 4) (Input.real 0.0 1.0)

    // Seen to fail when the stopped part was scaled too, and when the share was that of the stopped part.
    "property 14: balance changes neither the divergence nor the prior's gradient, and scales the posterior's"
    |> Law.holds 60 inputs (fun (seed, batch, time, share) ->
        let shape = [ int64 batch; int64 time; 5L ]
        let mean offset = (gaussian f64 (seed + offset) shape).requires_grad_ ()
        let stddev offset = ((uniform f64 (seed + offset) shape).mul(0.5).add 0.75).requires_grad_ ()
        let leaves = [| mean 0uL; stddev 1uL; mean 2uL; stddev 3uL |]
        let posterior, prior = DiagonalGaussian(leaves[0], leaves[1]), DiagonalGaussian(leaves[2], leaves[3])
        let plain = DiagonalGaussian.Divergence(posterior, prior)
        let balanced = DiagonalGaussian.Divergence(Objective.Balanced(posterior, share), prior)
        require (numbers plain = numbers balanced) "another divergence"
        let gradients (of': Tensor) = derivativesOfPart (of'.sum ()) leaves |> List.map Option.get

        for factor, expected, actual in List.zip3 [ share; share; 1.0; 1.0 ] (gradients plain) (gradients balanced) do
            requireAllNear "the gradient" 1e-12 (expected |> Array.map ((*) factor)) actual)

    // Seen to fail when FreeNats took the free nats from the mean.
    testCase "property 15: of 0 and 6 nats with 3 free, 1.5 are left on average" <| fun () ->
        use _ = torch.NewDisposeScope()
        requireNear "the mean" 1e-12 1.5 (Objective.FreeNats(vector [ 0.0; 6.0 ], 3.0).mean () |> number)

    // Seen to fail when FreeNats took the free nats from the mean.
    "property 15: free nats are taken from every element and not from the mean"
    |> Law.holds 100 (Input.pair (Input.list 1 20 (Input.real 0.0 12.0)) (Input.real 0.0 6.0)) (fun (nats, free) ->
        let expected = nats |> List.averageBy (fun d -> max 0.0 (d - free))
        requireNear "the mean" 1e-12 expected (Objective.FreeNats(vector nats, free).mean () |> number))

    let scales = Input.list 7 7 (Input.real 0.0 10.0)
    let inputs = Input.triple Input.seed (Input.pair (Input.integer 2 3) (Input.integer 1 4)) scales

    // Seen to fail when the reward scale was squared, when only the batch's first sequence had a reward loss, and when the global
    // divergence was added with the scale of the divergence.
    "property 16: the loss is linear in each scale and does not depend on the order of the batch"
    |> Law.holds 15 inputs (fun (seed, (size, time), scales) ->
        use model = Small.model f32 seed 2 (2, 3, 4)
        let batch = Small.batch f32 seed size time model
        let options = scaled scales
        let terms = Small.objective model options batch
        let value (term: Tensor | null) = match term with null -> 0.0 | term -> number term

        let values =
            [ terms.Image; terms.Reward; terms.Divergence ] |> List.map number |> fun plain ->
                plain
                @ ([ terms.GlobalDivergence; terms.Overshooting; terms.OvershootingReward; terms.ObservationOvershooting ]
                   |> List.map value)

        requireNear "the weighted sum" 1e-5 (List.map2 (*) scales values |> List.sum) (number terms.Total)
        let loss, gradients = Small.lossAndGradients model options batch
        let flippedLoss, flippedGradients = Small.lossAndGradients model options (batch.Map(fun t -> t.flip 0L))
        requireNear "the loss of the batch in another order" 1e-5 loss flippedLoss
        Small.requireSameGradients 1e-4 gradients flippedGradients)

    let inputs = Input.quadruple Input.seed (Input.integer 1 2) (Input.integer 1 4) Small.normalisation

    // Seen to fail when the image loss was the sum over frames instead of the mean, and when PaddedMean did not divide by the batch.
    "property 17: a batch concatenated with itself has the same loss and gradient"
    |> Law.holds 15 inputs (fun (seed, size, time, normalisation) ->
        use model = Small.model f32 seed 2 (2, 3, 4)
        let batch = Small.batch f32 seed size time model
        let options = Small.everyTerm normalisation
        let loss, gradients = Small.lossAndGradients model options batch
        let twiceLoss, twiceGradients = Small.lossAndGradients model options (batch.Map(fun t -> torch.cat ([| t; t |], 0L)))
        requireNear "the loss" 1e-5 loss twiceLoss
        Small.requireSameGradients 1e-4 gradients twiceGradients)
]
