using System.Text.Json;
using System.Text.Unicode;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// A request in OpenAI's format, read by one pass over its bytes: the fields that Prism acts on, and the positions of those that may change on
/// the way to a provider. A skim accepts only what is valid beyond doubt. Every other request is read into its canonical form, whose reader
/// names the fault.
/// </summary>
public sealed class RequestSkim
{
    private const int MostNames = 512;

    /// <summary>The model by the client's name for it; null: the provider's default.</summary>
    public string? Model { get; internal set; }

    /// <summary>Whether the client wants the answer as a stream.</summary>
    public bool Stream { get; internal set; }

    /// <summary>Whether the client wants the usage at the end of the stream.</summary>
    public bool IncludeUsage { get; internal set; }

    /// <summary>Whether there are stream options at all.</summary>
    public bool HasStreamOptions { get; internal set; }

    /// <summary>The output cap by its older name.</summary>
    public int? MaxTokens { get; internal set; }

    /// <summary>The output cap by its newer name.</summary>
    public int? MaxCompletionTokens { get; internal set; }

    /// <summary>How many answers are wanted.</summary>
    public int? N { get; internal set; }

    /// <summary>The service tier, where one is named.</summary>
    public string? ServiceTier { get; internal set; }

    /// <summary>
    /// Whether everything in it is text, a function, or a parameter that neither adds tokens nor has a price: then the counts below bound its
    /// prompt. Otherwise the canonical form has to be looked at.
    /// </summary>
    public bool IsPlain { get; internal set; } = true;

    /// <summary>How many messages there are.</summary>
    public int Messages { get; internal set; }

    /// <summary>How many tools there are.</summary>
    public int Tools { get; internal set; }

    /// <summary>Whether a response format is asked for.</summary>
    public bool HasResponseFormat { get; internal set; }

    /// <summary>The bytes of everything in it that a model may be shown, as it is escaped; only for a plain request.</summary>
    public long TextBytes { get; internal set; }

    /// <summary>The length of the whole body in bytes.</summary>
    public int BodyBytes { get; private init; }

    /// <summary>Behind the opening brace.</summary>
    internal int Inside { get; set; }

    /// <summary>The value of <c>model</c> with its quotes; empty where there is none.</summary>
    internal (int Start, int Length) ModelValue { get; set; }

    /// <summary>The value of <c>stream_options</c>, where it is null.</summary>
    internal (int Start, int Length) NullStreamOptions { get; set; }

    /// <summary>The value of <c>include_usage</c>; empty where there is none.</summary>
    internal (int Start, int Length) IncludeUsageValue { get; set; }

    /// <summary>Behind the opening brace of <c>stream_options</c>; 0 where there are none.</summary>
    internal int InsideStreamOptions { get; set; }

    /// <summary>Whether <c>stream_options</c> are empty.</summary>
    internal bool IsStreamOptionsEmpty { get; set; }

    /// <summary>Reads a body.</summary>
    /// <returns>Null where its canonical form has to be read instead, which may be because of a fault.</returns>
    public static RequestSkim? TryRead(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return null;
        }

        var skim = new RequestSkim { BodyBytes = body.Length };
        var scanner = new RequestScanner(body, skim, stackalloc ulong[MostNames]);
        try
        {
            return scanner.TryRead() ? skim : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
