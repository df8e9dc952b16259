module PlaNet.Properties.Masking

open Expecto
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Objectives
open PlaNet.Tensors
open TorchSharp

/// Seed of model and batch, lengths of at least 2, normalisation, and the forms of the reward terms.
let private inputs =
    let lengths = Input.list 1 3 (Input.integer 2 5)
    let alignment = Input.oneOf [ RewardAlignment.Into; RewardAlignment.OutOf ]
    let reward = Input.oneOf [ OvershootingReward.Prior; OvershootingReward.PosteriorStopped ]
    Input.quadruple Input.seed lengths Small.normalisation (Input.pair alignment reward)

/// Options with all terms on.
let private options normalisation alignment reward =
    let every = Small.everyTerm normalisation

    ObjectiveOptions(
        FreeNats = 0.0,
        RewardAlignment = alignment,
        GlobalDivergenceScale = every.GlobalDivergenceScale,
        OvershootingScale = every.OvershootingScale,
        OvershootingDistance = every.OvershootingDistance,
        OvershootingNormalisation = normalisation,
        OvershootingReward = reward,
        OvershootingRewardScale = every.OvershootingRewardScale,
        ObservationOvershootingScale = every.ObservationOvershootingScale,
        ObservationOvershootingDistance = every.ObservationOvershootingDistance
    )

/// The first steps of every sequence, with noise for at most as many distances.
let private cut (length: int) (batch: Small.Batch) =
    let shorter = batch.Map(fun t -> t.narrow (1L, 0L, length))
    { shorter with Imagination = shorter.Imagination.narrow (0L, 0L, min (int64 length) shorter.Imagination.shape[0]) }

/// Fills the padding after each sequence's length with noise of a given scale.
let private spoilt (lengths: int list) (size: float) seed (batch: Small.Batch) =
    let time = batch.Rewards.shape[1]
    let steps = torch.arange(Scalar.op_Implicit time: Scalar).unsqueeze 0L
    let padded = steps.ge ((torch.tensor (lengths |> List.map int64 |> Array.ofList)).unsqueeze 1L)

    batch.Map(fun t ->
        let garbage = (gaussian t.dtype seed (List.ofArray t.shape)).mul size
        let mask = padded.reshape (Array.append [| int64 lengths.Length; time |] (Array.create (t.shape.Length - 2) 1L))
        torch.where (mask, garbage, t))

let tests = testList "Masking" [

    // Seen to fail when Compute did not fill the padding of its inputs (with infinite noise), when MeanOverTime did not mask its sum, and
    // when the continuation term took the flags of padded steps as they came.
    "property 21: the padding after a sequence's length changes neither loss nor gradient"
    |> Law.holds 12
        (Input.pair inputs (Input.oneOf [ 1.0; 1e6; infinity ])) (fun ((seed, lengths, normalisation, (alignment, reward)), size) ->
        use model = Small.ending f64 seed 2 (2, 3, 4)
        let options = options normalisation alignment reward
        let longest = List.max lengths
        let batch = Small.batch f64 seed lengths.Length (longest + 1) model
        let given = Array.ofList lengths
        let loss, gradients = Small.lossAndGradientsOf given model options (spoilt lengths 0.0 1uL batch)
        let spoiltLoss, spoiltGradients = Small.lossAndGradientsOf given model options (spoilt lengths size (seed + 9uL) batch)
        requireNear "the loss" 1e-6 loss spoiltLoss
        Small.requireSameGradients 1e-6 gradients spoiltGradients

        // Compares full sequences with and without appended steps. PaddedMean is excluded because it also divides by appended steps.
        if normalisation <> OvershootingNormalisation.PaddedMean then
            let full = cut longest batch
            let fullLoss, fullGradients = Small.lossAndGradients model options full
            let equalLengths = List.replicate lengths.Length longest
            let longer = spoilt equalLengths size (seed + 9uL) batch
            let longerLoss, longerGradients = Small.lossAndGradientsOf (Array.ofList equalLengths) model options longer
            requireNear "the loss with steps appended" 1e-6 fullLoss longerLoss
            Small.requireSameGradients 1e-6 fullGradients longerGradients)

    // Seen to fail when Padding.Divergence masked the divergence after computing it.
    "property 21: padding with zero deviations has no divergence and causes no NaN"
    |> Law.holds 40 (Input.triple Input.seed (Input.integer 1 4) (Input.integer 1 3)) (fun (seed, length, offset) ->
        let time = 5L
        let padding = Padding.Of([| length |], time, torch.CPU)
        let padded = padding.Padded.unsqueeze -1L
        let leaf offset = ((uniform f64 (seed + offset) [ 1L; time; 2L ]).add(0.5).masked_fill (padded, 0.0)).requires_grad_ ()
        let leaves = [| for o in 0uL .. 3uL -> leaf o |]
        let q, p = DiagonalGaussian(leaves[0], leaves[1]), DiagonalGaussian(leaves[2], leaves[3])

        let shifted =
            DiagonalGaussian(p.Mean.narrow (1L, int64 offset, time - int64 offset), p.Stddev.narrow (1L, int64 offset, time - int64 offset))

        for what, divergence in
            [ "plain", Padding.Divergence(q, p, padding)
              "over a distance", LatentOvershooting.Divergence(q, shifted, offset, false, padding) ] do
            let values = numbers divergence

            for t in max 0 (length - (int time - values.Length)) .. values.Length - 1 do
                require (values[t] = 0.0) $"{what}: the padding at {t} costs {values[t]}"

            require (Array.forall System.Double.IsFinite values) $"{what}: {List.ofArray values}"

            for gradient in derivatives (divergence.sum ()) leaves do
                let given = Option.get gradient
                require (Array.forall System.Double.IsFinite given) $"{what}: the gradient is {List.ofArray given}"
                let inPadding = given[2 * length ..]
                require (inPadding |> Array.forall (fun g -> g = 0.0)) $"{what}: the padding has the gradient {List.ofArray inPadding}")

    // Seen to fail when MeanOverTime divided by the padded length, and when Paper did.
    "property 22: the loss of a padded batch equals that of its sequences computed one by one"
    |> Law.holds 20 inputs (fun (seed, lengths, normalisation, (alignment, reward)) ->
        use model = Small.ending f64 seed 2 (2, 3, 4)
        let options = options normalisation alignment reward
        let time = List.max lengths + 1
        let batch = Small.batch f64 seed lengths.Length time model
        let together = Small.objectiveOf (Array.ofList lengths) model options batch

        let alone =
            lengths
            |> List.mapi (fun b length ->
                Small.objective model options (cut length (batch.Map(fun t -> t.narrow (0L, b, 1L)))))

        let weighted (weights: float list) (term: ObjectiveTerms -> Tensor | null) =
            let terms = alone |> List.map (fun terms -> number (nonNull (term terms)))
            List.map2 (*) weights terms |> List.sum

        let requireTerm what weights term =
            requireNear what 1e-5 (weighted weights term) (number (nonNull (term together)))

        let equally = lengths |> List.map (fun _ -> 1.0 / float lengths.Length)
        requireTerm "image" equally _.Image
        requireTerm "reward" equally _.Reward
        requireTerm "continuation" equally _.Continuation
        requireTerm "divergence" equally _.Divergence
        requireTerm "full divergence" equally _.FullDivergence
        requireTerm "global divergence" equally _.GlobalDivergence

        // The weight of each sequence when pairs of start and distance are counted over the whole batch; `lost` steps have no target.
        let weights first distance lost =
            match normalisation with
            | OvershootingNormalisation.TimeMean
            | OvershootingNormalisation.Paper -> equally
            | OvershootingNormalisation.PaddedMean ->
                lengths |> List.map (fun length -> float (length - lost) / float (lengths.Length * (time - lost)))
            | _ ->
                let pairs =
                    lengths |> List.map (fun length -> Seq.sum (seq { for k in first .. distance - 1 -> max 0 (length - lost - k) }))

                pairs |> List.map (fun n -> float n / float (max 1 (List.sum pairs)))

        requireTerm "overshooting" (weights 1 options.OvershootingDistance 0) _.Overshooting
        let lost = if alignment = RewardAlignment.OutOf then 1 else 0
        requireTerm "overshooting rewards" (weights 1 options.OvershootingDistance lost) _.OvershootingReward
        requireTerm "overshooting images" (weights 0 options.ObservationOvershootingDistance 0) _.ObservationOvershooting)
]
