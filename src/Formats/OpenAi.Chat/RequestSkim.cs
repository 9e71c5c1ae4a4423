using System.Text.Json;
using System.Text.Unicode;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// A request in OpenAI's format, read by one pass over its bytes: the fields that Prism uses, and the positions of those that may change on the way
/// to a provider. A skim accepts only requests that are certainly valid. Any other request is parsed into its canonical form, whose reader names the
/// fault.
/// </summary>
public sealed class RequestSkim
{
    private const int MostNames = 512;

    /// <summary>The client's name of the model; null: the provider's default.</summary>
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

    /// <summary>The number of requested answers.</summary>
    public int? N { get; internal set; }

    /// <summary>The service tier, if the request names one.</summary>
    public string? ServiceTier { get; internal set; }

    /// <summary>
    /// Whether it only has text, functions, and parameters that neither add tokens nor have a price: then the counts below bound its prompt.
    /// Otherwise the canonical form is needed.
    /// </summary>
    public bool IsPlain { get; internal set; } = true;

    /// <summary>The number of messages.</summary>
    public int Messages { get; internal set; }

    /// <summary>The number of tools.</summary>
    public int Tools { get; internal set; }

    /// <summary>Whether the request has a response format.</summary>
    public bool HasResponseFormat { get; internal set; }

    /// <summary>The bytes of everything that the model may see, still escaped; only for a plain request.</summary>
    public long TextBytes { get; internal set; }

    /// <summary>The length of the whole body in bytes.</summary>
    public int BodyBytes { get; private init; }

    /// <summary>The position after the opening brace.</summary>
    internal int Inside { get; set; }

    /// <summary>The position of the value of <c>model</c> with its quotes; empty if there is none.</summary>
    internal (int Start, int Length) ModelValue { get; set; }

    /// <summary>The position of the value of <c>stream_options</c>, if it is null.</summary>
    internal (int Start, int Length) NullStreamOptions { get; set; }

    /// <summary>The position of the value of <c>include_usage</c>; empty if there is none.</summary>
    internal (int Start, int Length) IncludeUsageValue { get; set; }

    /// <summary>The position after the opening brace of <c>stream_options</c>; 0 if there are none.</summary>
    internal int InsideStreamOptions { get; set; }

    /// <summary>Whether <c>stream_options</c> are empty.</summary>
    internal bool IsStreamOptionsEmpty { get; set; }

    /// <summary>Reads a body.</summary>
    /// <returns>Null if the body has to be parsed into its canonical form instead, possibly because of a fault.</returns>
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
