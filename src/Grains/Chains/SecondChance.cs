using Prism.Chat;
using Prism.Templates;

namespace Prism.Chains;

/// <summary>
/// Templates have a deadline by the clock, and a machine that stood still for a moment is over it by no fault of the template. A chat is asked
/// again by its caller; a run must not fail of that.
/// </summary>
internal static class SecondChance
{
    private const int Chances = 3;

    /// <summary>Renders or evaluates, again where it met a limit.</summary>
    public static T Of<T>(Func<T> run, Func<T, ChatError?> errorOf)
    {
        for (var chance = 1; ; chance++)
        {
            var result = run();
            if (chance == Chances || errorOf(result)?.Code != TemplateErrors.LimitExceeded)
            {
                return result;
            }
        }
    }
}
