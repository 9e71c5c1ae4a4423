namespace Prism.Gateway.Logging;

/// <summary>What is known of a request beyond its method, path and status. Each stage sets its part; the log line of the request has all of it.</summary>
public sealed class RequestLog
{
    /// <summary>The API key of the caller: its id or its number, never the key itself.</summary>
    public string? Caller { get; set; }

    /// <summary>The provider that answered.</summary>
    public string? Provider { get; set; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; set; }

    /// <summary>How the response cache was used, as in <c>x-prism-cache</c>.</summary>
    public string? Cache { get; set; }

    /// <summary>How many upstream calls were made.</summary>
    public int? Attempts { get; set; }

    /// <summary>The time to the first token of a stream, in milliseconds.</summary>
    public double? FirstTokenMs { get; set; }

    /// <summary>Tokens of the prompt.</summary>
    public int? PromptTokens { get; set; }

    /// <summary>Tokens of the answer.</summary>
    public int? CompletionTokens { get; set; }

    /// <summary>The cost, in US dollars.</summary>
    public decimal? CostUsd { get; set; }

    /// <summary>The run of a chain.</summary>
    public string? Run { get; set; }

    /// <summary>Why the request failed: the kind of the error.</summary>
    public string? Error { get; set; }
}
