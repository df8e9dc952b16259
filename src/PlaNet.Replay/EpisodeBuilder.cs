namespace PlaNet.Replay;

/// <summary>
/// Records one episode after another, aligned as in docs/algorithm.md. <see cref="Reset"/> starts an episode, <see cref="Add"/> records one
/// step, <see cref="Build"/> ends the episode.
/// </summary>
/// <remarks>All data is copied, so the environment may reuse its buffers.</remarks>
public sealed class EpisodeBuilder
{
    private readonly ImageShape _imageShape;
    private readonly int _actionSize;
    private readonly float[] _noAction;
    private readonly (string Name, List<float> Values)[] _states;
    private readonly List<byte> _image = [];
    private readonly List<float> _action = [];
    private readonly List<float> _reward = [];

    /// <summary>A builder for the episodes of one environment.</summary>
    /// <param name="imageShape">Shape of the images; <see cref="ImageShape.None"/> without images.</param>
    /// <param name="actionSize">Action dimensions. At least 1.</param>
    /// <param name="stateNames">Names of the state vectors to record. Default none.</param>
    public EpisodeBuilder(ImageShape imageShape, int actionSize, IEnumerable<string>? stateNames = null)
    {
        if (imageShape != ImageShape.None)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageShape.Bytes, nameof(imageShape));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actionSize);
        _imageShape = imageShape;
        _actionSize = actionSize;
        _noAction = new float[actionSize];
        _states = [.. (stateNames ?? []).Select(name => (name, new List<float>()))];
        foreach (var (name, _) in _states)
        {
            EpisodeFields.CheckName(name);
        }
    }

    /// <summary>Decisions recorded since the reset.</summary>
    public int Steps => Math.Max(0, _reward.Count - 1);

    /// <summary>Starts an episode and discards an unfinished one.</summary>
    /// <param name="image">The image after the environment's reset, <c>[height, width, channels]</c>; empty without images.</param>
    /// <param name="states">State vectors by name: at least those that the builder records.</param>
    /// <exception cref="ArgumentException">
    /// An array has the wrong length, a state is missing, or a number is not finite. The message names the field.
    /// </exception>
    public void Reset(ReadOnlySpan<byte> image, IReadOnlyDictionary<string, float[]>? states = null)
    {
        _image.Clear();
        _action.Clear();
        _reward.Clear();
        foreach (var (_, values) in _states)
        {
            values.Clear();
        }

        Append(_noAction, 0, image, states);
    }

    /// <summary>Records one step: an action, the reward and the image that it led to.</summary>
    /// <param name="action">The action as sent to the environment, after noise and clipping.</param>
    /// <param name="reward">Sum of the rewards over the repeated frames.</param>
    /// <param name="image">The image that the action led to, <c>[height, width, channels]</c>; empty without images.</param>
    /// <param name="states">State vectors by name: at least those that the builder records.</param>
    /// <exception cref="InvalidOperationException">No episode was started.</exception>
    /// <exception cref="ArgumentException">
    /// An array has the wrong length, a state is missing, or a number is not finite. The message names the field.
    /// </exception>
    public void Add(ReadOnlySpan<float> action, float reward, ReadOnlySpan<byte> image, IReadOnlyDictionary<string, float[]>? states = null)
    {
        if (_reward.Count == 0)
        {
            throw new InvalidOperationException("No episode was started: call Reset with the environment's first image before Add.");
        }

        Append(action, reward, image, states);
    }

    /// <summary>Returns the episode recorded since the last reset and empties the builder.</summary>
    /// <param name="name">Name of the episode; see <see cref="EpisodeName"/>.</param>
    /// <param name="seed">Seed of the environment's reset, if any.</param>
    /// <param name="weightsVersion">Update count of the weights that acted; null for random actions.</param>
    /// <param name="end">How it ended; null leaves it out of the file. Default null.</param>
    /// <exception cref="InvalidOperationException">No episode was started.</exception>
    public Episode Build(string name, ulong? seed = null, long? weightsVersion = null, EpisodeEnd? end = null)
    {
        if (_reward.Count == 0)
        {
            throw new InvalidOperationException("No episode was started: call Reset with the environment's first image before Build.");
        }

        var states = _states.ToDictionary(state => state.Name, state => state.Values.ToArray(), StringComparer.Ordinal);
        var episode = new Episode(
            name, _imageShape, _actionSize, [.. _image], [.. _action], [.. _reward], states, seed, weightsVersion, end);
        _reward.Clear();
        return episode;
    }

    private void Append(ReadOnlySpan<float> action, float reward, ReadOnlySpan<byte> image, IReadOnlyDictionary<string, float[]>? states)
    {
        CheckLength("image", image.Length, _imageShape.Bytes);
        CheckLength("action", action.Length, _actionSize);
        EpisodeFields.CheckFinite("action", action);
        EpisodeFields.CheckFinite("reward", [reward]);
        var vectors = new float[_states.Length][];
        for (var i = 0; i < vectors.Length; i++)
        {
            var (name, earlier) = _states[i];
            if (states is null || !states.TryGetValue(name, out var vector))
            {
                throw new ArgumentException(
                    $"The state '{name}' is missing: pass every state that was named when the builder was created.");
            }

            var rows = _reward.Count;
            if (vector.Length == 0 || (rows > 0 && vector.Length != earlier.Count / rows))
            {
                throw new ArgumentException(
                    $"{name} has {vector.Length} numbers, but must have {(rows > 0 ? earlier.Count / rows : "at least 1")}: " +
                    "a state must have the same length in every row.");
            }

            EpisodeFields.CheckFinite(name, vector);
            vectors[i] = vector;
        }

        _image.AddRange(image);
        _action.AddRange(action);
        _reward.Add(reward);
        for (var i = 0; i < vectors.Length; i++)
        {
            _states[i].Values.AddRange(vectors[i]);
        }
    }

    private static void CheckLength(string field, int actual, int expected)
    {
        if (actual != expected)
        {
            throw new ArgumentException(
                $"{field} has {actual} elements, but must have {expected}: pass data of the sizes given when the builder was created.");
        }
    }
}
