namespace Prism.Gateway.Logging;

/// <summary>What the log line of a request contains beyond method, path and status. Each stage sets its part.</summary>
public sealed class RequestLog
{
    /// <summary>The API key of the caller: its id or its number, never the key itself.</summary>
    public string? Caller { get; set; }

    /// <summary>The provider that answered.</summary>
    public string? Provider { get; set; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; set; }

    /// <summary>The use of the response cache, as in <c>x-prism-cache</c>.</summary>
    public string? Cache { get; set; }

    /// <summary>The number of upstream calls.</summary>
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

    /// <summary>The kind of the error that ended the request.</summary>
    public string? Error { get; set; }
}
