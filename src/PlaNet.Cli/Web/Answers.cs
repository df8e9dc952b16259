using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace PlaNet.Cli.Web;

/// <summary>Answers of a page's server: JSON, streams of events, and why a request was not fulfilled.</summary>
public static class Answers
{
    /// <summary>Names in snake case, enumerations as words; numbers that are not finite are null, since JSON has no others.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new FiniteOrNull() },
    };

    /// <summary>Answers with JSON.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="value">The value.</param>
    public static Task JsonAsync<T>(HttpContext context, T value)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Response.WriteAsJsonAsync(value, Json, context.RequestAborted);
    }

    /// <summary>Answers with 404 and a line of text.</summary>
    /// <param name="context">The request.</param>
    /// <param name="reason">What does not exist.</param>
    public static Task MissingAsync(HttpContext context, string reason) => TextAsync(context, StatusCodes.Status404NotFound, reason);

    /// <summary>Answers with a line of text.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">Status code of HTTP.</param>
    /// <param name="line">The line, without its end.</param>
    public static Task TextAsync(HttpContext context, int status, string line)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(line + "\n", context.RequestAborted);
    }

    /// <summary>Sends events until the client disconnects or the sequence ends, each as it comes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="events">The events: a type, and a value that is sent as JSON. It must end when the host stops.</param>
    public static async Task EventsAsync(HttpContext context, IAsyncEnumerable<(string Type, object Value)> events)
    {
        ArgumentNullException.ThrowIfNull(context);
        var items = events.Select(one => new SseItem<string>(JsonSerializer.Serialize(one.Value, Json), one.Type));
        try
        {
            await TypedResults.ServerSentEvents(items).ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client or the host has ended the stream.
        }
    }

    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
