export interface Config {
  understudy?: {
    /**
     * The way to sign in that the page offers: the name of a file in config/sign-in.
     * @visibility frontend
     */
    signIn?: 'none' | 'guest' | 'github';
  };
}
