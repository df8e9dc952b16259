using Google.Protobuf;

namespace PlaNet.Actors.Wire;

/// <summary>From the messages to their binary fields and back.</summary>
internal static class WireMapping
{
    public static byte[] Write(WeightsAnnouncement message) => new WeightsAnnouncementProto
    {
        Run = message.Run,
        Version = message.Version,
        File = message.File,
        Sha256 = message.Sha256,
    }.ToByteArray();

    public static WeightsAnnouncement ReadWeightsAnnouncement(ReadOnlyMemory<byte> bytes)
    {
        var fields = WeightsAnnouncementProto.Parser.ParseFrom(bytes.Span);
        return new WeightsAnnouncement(fields.Run, fields.Version, fields.File, fields.Sha256);
    }

    public static byte[] Write(EpisodeRequest message)
    {
        var fields = new EpisodeRequestProto
        {
            Run = message.Run,
            Number = message.Number,
            Seed = message.Seed,
            ExplorationNoise = message.ExplorationNoise,
        };
        if (message.WeightsVersion is { } version)
        {
            fields.WeightsVersion = version;
        }

        return fields.ToByteArray();
    }

    public static EpisodeRequest ReadEpisodeRequest(ReadOnlyMemory<byte> bytes)
    {
        var fields = EpisodeRequestProto.Parser.ParseFrom(bytes.Span);
        return new EpisodeRequest(
            fields.Run, fields.Number, fields.Seed, fields.HasWeightsVersion ? fields.WeightsVersion : null, fields.ExplorationNoise);
    }

    public static byte[] Write(WholeEpisode message)
    {
        Check(message);
        var fields = new WholeEpisodeProto
        {
            Run = message.Run,
            Number = message.Number,
            Name = message.Name,
            Height = (uint)message.Height,
            Width = (uint)message.Width,
            ActionSize = (uint)message.ActionSize,
            Image = UnsafeByteOperations.UnsafeWrap(message.Image),
        };
        fields.Action.AddRange(message.Action);
        fields.Reward.AddRange(message.Reward);
        foreach (var (name, values) in message.States)
        {
            fields.States[name] = new NumbersProto { Values = { values } };
        }

        if (message.Seed is { } seed)
        {
            fields.Seed = seed;
        }

        if (message.WeightsVersion is { } version)
        {
            fields.WeightsVersion = version;
        }

        return fields.ToByteArray();
    }

    public static WholeEpisode ReadWholeEpisode(ReadOnlyMemory<byte> bytes)
    {
        var fields = WholeEpisodeProto.Parser.ParseFrom(bytes.Span);
        var episode = new WholeEpisode(
            fields.Run,
            fields.Number,
            fields.Name,
            (int)fields.Height,
            (int)fields.Width,
            (int)fields.ActionSize,
            fields.Image.ToByteArray(),
            [.. fields.Action],
            [.. fields.Reward],
            fields.States.ToDictionary(state => state.Key, state => state.Value.Values.ToArray(), StringComparer.Ordinal),
            fields.HasSeed ? fields.Seed : null,
            fields.HasWeightsVersion ? fields.WeightsVersion : null);
        Check(episode);
        return episode;
    }

    private static void Check(WholeEpisode episode)
    {
        var rows = episode.Reward.LongLength;
        if (episode is not { Height: >= 1 and <= 65_536, Width: >= 1 and <= 65_536, ActionSize: >= 1 } || rows == 0)
        {
            throw new WireFormatException($"Episode '{episode.Name}' has no rows or impossible sizes: images, actions and the reset's row must be there.");
        }

        Fits("image", episode.Image.LongLength, rows * episode.Height * episode.Width * 3);
        Fits("action", episode.Action.LongLength, rows * episode.ActionSize);
        foreach (var (name, values) in episode.States)
        {
            Fits(name, values.LongLength, Math.Max(1, values.LongLength / rows) * rows);
        }

        void Fits(string field, long actual, long expected)
        {
            if (actual != expected)
            {
                throw new WireFormatException($"Episode '{episode.Name}': {field} has {actual} elements, but {rows} rows need {expected}.");
            }
        }
    }
}
