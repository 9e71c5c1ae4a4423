namespace Prism.Providers.Telemetry;

/// <summary>The names under which calls of models are traced and measured.</summary>
/// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/</remarks>
public static class GenAi
{
    /// <summary>The source of the spans of calls upstream.</summary>
    public const string ActivitySourceName = "Prism.Providers";

    /// <summary>The meter of chat requests.</summary>
    public const string MeterName = "Prism.Chat";

    /// <summary>The only operation there is.</summary>
    public const string Chat = "chat";

    /// <summary>What is done: <see cref="Chat"/>.</summary>
    public const string OperationName = "gen_ai.operation.name";

    /// <summary>The provider, by its configured name.</summary>
    public const string ProviderName = "gen_ai.provider.name";

    /// <summary>The model that is asked for.</summary>
    public const string RequestModel = "gen_ai.request.model";

    /// <summary>Whose tokens: <c>input</c> or <c>output</c>.</summary>
    public const string TokenType = "gen_ai.token.type";

    /// <summary>The class of the failure; not there where there is none.</summary>
    public const string ErrorType = "error.type";
}
