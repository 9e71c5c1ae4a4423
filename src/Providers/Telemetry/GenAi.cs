namespace Prism.Providers.Telemetry;

/// <summary>The names in traces and metrics of calls of models.</summary>
/// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/</remarks>
public static class GenAi
{
    /// <summary>The source of the spans of upstream calls.</summary>
    public const string ActivitySourceName = "Prism.Providers";

    /// <summary>The meter of chat requests.</summary>
    public const string MeterName = "Prism.Chat";

    /// <summary>The only operation.</summary>
    public const string Chat = "chat";

    /// <summary>The operation: <see cref="Chat"/>.</summary>
    public const string OperationName = "gen_ai.operation.name";

    /// <summary>The provider, by its configured name.</summary>
    public const string ProviderName = "gen_ai.provider.name";

    /// <summary>The requested model.</summary>
    public const string RequestModel = "gen_ai.request.model";

    /// <summary>The type of tokens: <c>input</c> or <c>output</c>.</summary>
    public const string TokenType = "gen_ai.token.type";

    /// <summary>The class of the failure; absent without one.</summary>
    public const string ErrorType = "error.type";
}
