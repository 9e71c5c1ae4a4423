using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Formats;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers.Upstream;

namespace Prism.Providers;

/// <summary>A provider that is called over HTTP, for every vendor. One call is an <see cref="HttpAnswer"/>.</summary>
internal sealed class HttpChatProvider(
    ProviderOptions options, ProviderApi api, HttpMessageInvoker http, MemoryBudget memory, TimeProvider time, ILogger logger) : IChatProvider
{
    private const string UnsupportedParameter = "unsupported_parameter";

    private static readonly string UserAgent = "Prism/" + typeof(HttpChatProvider).Assembly.GetName().Version!.ToString(3);

    private readonly IdlePool<CallClock> _clocks = new(pool => new(pool, time));

    public ProviderOptions Options => options;

    /// <summary>The reader of its answers.</summary>
    internal IAnswerReader Answers => api.Dialect.Answers;

    /// <summary>Whether its format is OpenAI's, so that bytes can pass unchanged.</summary>
    internal bool PassesBytes => api.Dialect.PassesBytes;

    /// <summary>Its keys and addresses.</summary>
    internal EndpointPool Endpoints { get; } = new(options, api.Addressing, time, logger);

    /// <summary>Creates the errors for its failures.</summary>
    internal UpstreamErrors Errors { get; } = new(options);

    public void LiftHolds() => Endpoints.LiftHolds();

    public int ExtraOutputTokens(CallRequest request) => PassesBytes ? 0 : api.Dialect.Requests.ExtraOutputTokens(request.Canonical);

    public ImmutableArray<string> FindUnsupported(ChatRequest request)
    {
        if (api.Dialect.Requests.FindUnsupported(request) is [_, ..] unsupported)
        {
            return unsupported;
        }

        return api.Dialect.Requests.Write(new ArrayBufferWriter<byte>(1024), request, stream: false) is { Code: UnsupportedParameter, Param: { } param }
            ? [param]
            : [];
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProviderAnswer> OpenAsync(CallRequest request, bool stream, CancellationToken cancellationToken)
    {
        var body = new UpstreamBody();
        if (Write(request, stream, body) is { } refused)
        {
            body.Dispose();
            return ProviderAnswer.Of(refused);
        }

        var answer = new HttpAnswer(this, request, body, new UpstreamExchange(http, options, memory, _clocks, time, cancellationToken), cancellationToken);
        var isOpen = false;
        try
        {
            await answer.OpenAsync(stream);
            isOpen = answer.Error is null;
            return isOpen ? answer : ProviderAnswer.Of(answer.Error!);
        }
        finally
        {
            if (!isOpen)
            {
                await answer.DisposeAsync();
            }
        }
    }

    /// <summary>The current time, in seconds since 1970 UTC.</summary>
    internal long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The message of a call.</summary>
    internal async ValueTask<HttpRequestMessage> CreateMessageAsync(
        PooledEndpoint endpoint, CallRequest request, bool stream, UpstreamBody body, CancellationToken cancellationToken)
    {
        // A new message: no headers of the client go upstream.
        var message = new HttpRequestMessage(HttpMethod.Post, endpoint.Address.For(request.Model, stream)) { Content = body };
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (api.Dialect.IdempotencyHeader is { } header && request.IdempotencyKey is { } key)
        {
            message.Headers.Add(header, key);
        }

        await api.Authentication.AuthenticateAsync(message, body.Json.WrittenMemory, endpoint.ApiKey, cancellationToken);
        return message;
    }

    // Bytes pass unchanged if client and provider use the same format.
    private ChatError? Write(CallRequest request, bool stream, UpstreamBody body)
    {
        if (PassesBytes && request.Raw is { } raw && raw.Skim.Stream == stream)
        {
            new RequestSplice(request.Model!, raw.AddedCap?.Name, raw.AddedCap?.Tokens ?? 0, AsksForUsage: stream)
                .Write(body.Json, raw.Body.Span, raw.Skim);
            return null;
        }

        var canonical = request.Canonical;
        return api.Dialect.Requests.FindUnsupported(canonical) is [var parameter, ..]
            ? ChatError.Invalid($"Provider '{options.Name}' does not support '{parameter}'.", parameter, UnsupportedParameter)
            : api.Dialect.Requests.Write(body.Json, canonical, stream);
    }
}
