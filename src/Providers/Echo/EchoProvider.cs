using System.Runtime.CompilerServices;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Echo;

/// <summary>
/// No real provider: repeats the last user message, word by word. It needs no key and no network, so it is Prism's default and the baseline of its
/// benchmarks. A token of echo is a word. It ignores tools, formats and <c>n</c>.
/// </summary>
internal sealed class EchoProvider(ProviderOptions options, TimeProvider time) : IChatProvider
{
    /// <summary>The model that every answer names.</summary>
    public const string Model = "echo-v1";

    public ProviderOptions Options => options;

    public ValueTask<ProviderAnswer> OpenAsync(CallRequest request, bool stream, CancellationToken cancellationToken)
    {
        var answer = EchoAnswer.To(request.Canonical);
        return stream ? ProviderAnswer.OfAsync(StreamAsync(answer, cancellationToken), cancellationToken) : CompleteAsync(answer, cancellationToken);
    }

    private async ValueTask<ProviderAnswer> CompleteAsync(EchoAnswer answer, CancellationToken cancellationToken)
    {
        if (options.Delay > TimeSpan.Zero)
        {
            await Task.Delay(options.Delay * answer.Words.Length, time, cancellationToken);
        }

        return ProviderAnswer.Of(new ChatResponse
        {
            Id = RandomId.OfAnswer(),
            Created = time.GetUtcNow().ToUnixTimeSeconds(),
            Model = Model,
            Choices = [new() { Message = new() { Content = string.Concat(answer.Words) }, FinishReason = answer.FinishReason }],
            Usage = answer.Usage,
        });
    }

    private async IAsyncEnumerable<ChatStreamEvent> StreamAsync(
        EchoAnswer answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chunk = new ChatChunk { Id = RandomId.OfAnswer(), Created = time.GetUtcNow().ToUnixTimeSeconds(), Model = Model };
        var role = ChatRoles.Assistant;
        foreach (var word in answer.Words)
        {
            if (options.Delay > TimeSpan.Zero)
            {
                await Task.Delay(options.Delay, time, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return chunk with { Choices = [new() { Delta = new() { Role = role, Content = word } }] };
            role = null;
        }

        yield return chunk with { Choices = [new() { Delta = new() { Role = role }, FinishReason = answer.FinishReason }], Usage = answer.Usage };
    }
}
