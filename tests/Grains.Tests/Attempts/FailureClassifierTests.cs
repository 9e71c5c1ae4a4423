using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Attempts;

/// <summary>Which failures count against a provider.</summary>
public sealed class FailureClassifierTests
{
    /// <summary>Every kind, as a provider's.</summary>
    public static TheoryData<ChatErrorKind> Kinds => new(Enum.GetValues<ChatErrorKind>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Only_what_says_something_about_the_provider_counts(ChatErrorKind kind)
    {
        bool? expected = kind switch
        {
            ChatErrorKind.UpstreamServerError or ChatErrorKind.UpstreamUnreachable or ChatErrorKind.UpstreamInvalidResponse
                or ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.UpstreamConnectTimeout or ChatErrorKind.UpstreamFirstTokenTimeout
                or ChatErrorKind.UpstreamIdleTimeout => true,
            ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded or ChatErrorKind.UpstreamCredentialsRefused or ChatErrorKind.Internal
                or ChatErrorKind.Overloaded => null,
            _ => false,
        };

        Assert.Equal(expected, FailureClassifier.IsProviderFailure(Failure(kind)));
        Assert.Null(FailureClassifier.IsProviderFailure(Failure(kind, provider: null)));
    }

    [Fact]
    public void An_answer_speaks_for_it() => Assert.False(FailureClassifier.IsProviderFailure(null));

    [Theory]
    [InlineData(500, true)]
    [InlineData(529, true)]
    [InlineData(302, null)]
    [InlineData(409, null)]
    public void Of_odd_statuses_only_server_errors_count(int status, bool? expected) => Assert.Equal(
        expected, FailureClassifier.IsProviderFailure(Failure(ChatErrorKind.UpstreamServerError) with { UpstreamStatus = status }));
}
